// Whole files as text.
#pragma once

#include <optional>
#include <string>

namespace fanout {

// The content of a file; nothing if it cannot be read (or is a folder).
std::optional<std::string> read_file(const std::string& name);

}  // namespace fanout
