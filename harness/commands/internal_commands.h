// Commands that are not for people: the processes fanout starts of itself, as "/proc/self/exe
// internal-... FD", which every program that measures must offer; what the shells' completion asks;
// and the manual page, for the build.
#pragma once

#include <optional>

namespace fanout {

// Runs the internal command of this command line and returns its exit code; nothing if it is none.
std::optional<int> run_internal_command(int argc, char** argv);

}  // namespace fanout
