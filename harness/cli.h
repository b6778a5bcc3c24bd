// From argv to Options.
#pragma once

#include <optional>

#include "harness/options.h"

namespace fanout {

// Nothing if help or the version was asked for and has been printed. Throws UsageError in one line
// that says what is wrong and what to do.
std::optional<Options> parse_command_line(int argc, char** argv);

// "1,5,10,20", "1..64" (powers of two from 1, and 64), "1..64:4" (1, 5, 9 ...). Throws UsageError.
std::vector<unsigned> parse_workers(const std::string& text);

}  // namespace fanout
