// The processes fanout starts of itself. Every program that measures must offer them: they are
// started as "/proc/self/exe internal-... FD".
#pragma once

#include <optional>

namespace fanout {

// Runs the internal command of this command line and returns its exit code; nothing if it is none.
std::optional<int> run_internal_command(int argc, char** argv);

}  // namespace fanout
