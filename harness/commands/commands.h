// What each command does.
#pragma once

#include "harness/commands/options.h"

namespace fanout {

// Returns the exit code: 0 fine, 3 some runs invalid, 130 interrupted. Failures are exceptions.
int execute_command(const Options& options);

}  // namespace fanout
