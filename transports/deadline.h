// Points in time at which a request is given up, in nanoseconds of base/clock.h.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

#include "transports/transport.h"

namespace fanout {

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// The point in time `timeout` after `start`, or kNever for a timeout of 0.
inline std::int64_t deadline_after(std::int64_t start, std::chrono::nanoseconds timeout) {
  if (timeout.count() <= 0 || timeout.count() > kNever - start) return kNever;
  return start + timeout.count();
}

// When a request that begins now is given up, connecting included: after its own time, or at the
// deadline of all.
inline std::int64_t give_up_at(const ClientConfig& config, std::int64_t now) {
  const std::int64_t own = deadline_after(now, config.timeout);
  return config.deadline == nullptr ? own : std::min(own, config.deadline->load());
}

// The time that is left to a request that begins now: 0 for no limit, else at least 1 ns.
inline std::chrono::nanoseconds time_left(const ClientConfig& config, std::int64_t now) {
  const std::int64_t until = give_up_at(config, now);
  if (until == kNever) return {};
  return std::chrono::nanoseconds(std::max<std::int64_t>(until - now, 1));
}

}  // namespace fanout
