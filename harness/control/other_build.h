// Another build of fanout, which runs the same cells in the same rounds (fanout run --against).
#pragma once

#include <string>

#include "harness/plan/plan.h"

namespace fanout {

// What this build says to another that asks whether they can work together: its protocol, which
// changes whenever a run's task (harness/cell/cell_task.h) or memory (harness/cell/cell_memory.h)
// does, and what it is.
std::string protocol_line();

// Asks the build that this command of a shell starts; a path is one, too. Throws UsageError if it
// is none, or speaks another protocol.
OtherBuild ask_other_build(const std::string& command);

}  // namespace fanout
