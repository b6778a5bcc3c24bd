// Points in time at which a request is given up, in nanoseconds of base/clock.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace fanout {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// `timeout` after `start`; a timeout of 0 means none.
inline std::int64_t deadline_after(std::int64_t start, std::chrono::nanoseconds timeout) {
  if (timeout.count() <= 0 || timeout.count() > kNever - start) return kNever;
  return start + timeout.count();
}

}  // namespace fanout
