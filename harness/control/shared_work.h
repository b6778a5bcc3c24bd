// A run that several machines of clients make together: how its work is divided, and how what they
// measured becomes one run again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"
#include "harness/judge/execution.h"

namespace fanout {

// What each of so many machines does: as many requests as the others, or one more, none of them
// another's, with as many workers as the task has. REQUIRED: a request for each.
std::vector<CellTask> divided(const CellTask& task, unsigned machines);

// What one machine measured, as it travels.
struct SharedPart {
  std::string memory;               // all of its CellMemory, byte by byte
  int status = 0;                   // of its process, as wait() gives it
  std::int64_t process_cpu_ns = 0;  // of its process, and all that it awaited
  std::string failure;              // Execution::failure
  std::string standard_error;       // Execution::standard_error
  HostConditions host;
};
std::string to_text(const SharedPart& part);
SharedPart shared_part_from_text(const std::string& text);

// A part with what its controller knows of it.
struct PlacedPart {
  SharedPart part;
  CellTask share;               // of divided()
  std::string host;             // for people
  std::int64_t clock_ahead_ns;  // of that machine's clock, before ours
};

// Joins the parts: samples stand behind each other, in time by our clock; what is counted (CPU,
// switches, memory, threads) is added up. `whole` has room for all samples. In the execution it
// sets the header and all that comes of the runs' processes; not what is known of the server.
void join(std::span<const PlacedPart> parts, const CellMemory& whole, Execution& execution);

}  // namespace fanout
