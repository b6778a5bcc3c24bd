// A run's own process: the child side. Single-threaded until the strategy makes it otherwise.
#pragma once

namespace fanout {

// Reads a CellTask from `task_fd`, runs the strategy, and leaves the measurements in the memory
// behind `memory_fd` (harness/cell/cell_memory.h). Returns an exit code; 1 if the strategy failed,
// with the reason in the memory.
int run_cell_process(int task_fd, int memory_fd);

}  // namespace fanout
