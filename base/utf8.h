// Text that others wrote, as UTF-8 has it.
#pragma once

#include <string>
#include <string_view>

namespace fanout {

// The text with U+FFFD in place of each byte that is no part of a character of UTF-8 (RFC 3629).
std::string as_utf8(std::string_view text);

}  // namespace fanout
