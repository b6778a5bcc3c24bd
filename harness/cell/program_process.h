// The process of a run whose strategy is an external program: its supervisor. It starts the
// program, leads the conversation (strategies/peers/PROTOCOL.md), turns records into samples, and
// leaves no process behind. Single-threaded.
#pragma once

#include <span>

#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"

namespace fanout {

// Runs task.command on these requests. Throws RunError if the program does not keep to the
// protocol: then what it wrote until then is in memory, and it has been ended.
void run_program(const CellTask& task, std::span<const Request> requests, CellMemory& memory);

}  // namespace fanout
