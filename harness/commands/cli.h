// From argv to Options.
#pragma once

#include <optional>

#include "harness/commands/options.h"

namespace fanout {

// Nothing if help or the version was asked for and has been printed. Throws UsageError in one line
// that says what is wrong and what to do.
std::optional<Options> parse_command_line(int argc, char** argv);

// Only the flags that choose what runs (--scenario, --strategy ...), for another program; flags
// that are absent leave the selection as it is. False if help was asked for and printed. Throws
// UsageError.
bool parse_selection(int argc, char** argv, const std::string& program, Selection& selection);

}  // namespace fanout
