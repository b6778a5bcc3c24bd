// Where runs on several machines wait for each other, so that all begin at one moment.
#pragma once

#include <cstdint>

#include "harness/cell/cell_memory.h"

namespace fanout {

// What a run writes for its controller to see once it is ready; the controller then writes the
// moment to begin in its place (CellMemory::start_at_ns, base/clock.h).
inline constexpr std::int64_t kWaitsAtStartLine = -1;

// Of the run: says that it is ready, and waits for the moment that it is given. No longer than the
// controller lives, with which it dies.
void wait_at_start_line(const CellMemory& memory);

}  // namespace fanout
