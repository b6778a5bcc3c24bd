#include "harness/cell/start_line.h"

#include <chrono>
#include <thread>

namespace fanout {

void wait_at_start_line(const CellMemory& memory) {
  constexpr std::chrono::microseconds kLookAgain(200);
  memory.start_at_ns() = kWaitsAtStartLine;
  while (memory.start_at_ns() == kWaitsAtStartLine) std::this_thread::sleep_for(kLookAgain);
  const std::chrono::nanoseconds moment(memory.start_at_ns().load());
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(moment));
}

}  // namespace fanout
