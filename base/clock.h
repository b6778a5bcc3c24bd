// The one clock of fanout: CLOCK_MONOTONIC in nanoseconds, comparable between processes of one
// machine. Anything that needs "now" takes it from here, so no two parts measure differently.
#pragma once

#include <chrono>
#include <cstdint>

namespace fanout {

inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace fanout
