// Base64 (RFC 4648, 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanout {

std::string base64(std::string_view bytes);
// Nothing if the text is not whole groups of four, padded at the end.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace fanout
