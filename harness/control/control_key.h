// The secret that proves two fanouts on different machines to each other: a file of hexadecimal
// digits that both read, and nobody else may.
#pragma once

#include <string>

namespace fanout {

// The secret in the file. Throws UsageError if it cannot be read, if others may read it, or if it
// holds anything but 32 to 128 hexadecimal digits.
std::string read_control_key(const std::string& file);

// The same, of a file that is made, with a new secret, if there is none. Returns whether it was
// made. Throws UsageError.
bool ensure_control_key(const std::string& file);

}  // namespace fanout
