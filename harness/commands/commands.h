// What each command does.
#pragma once

#include "harness/commands/options.h"
#include "harness/control/cluster.h"

namespace fanout {

// Returns the exit code: 0 fine, 3 some runs invalid, 130 interrupted. Failures are exceptions.
// Cells are run by `cluster`; null: by this machine.
int execute_command(const Options& options, Cluster* cluster = nullptr);

}  // namespace fanout
