// Sleeping until a point in time.
#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>

namespace fanout {

// Sleeps until `due` (base/clock.h), to the nanosecond if the process has set its timer slack so;
// returns at once if the time has passed.
inline void sleep_until(std::int64_t due) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const timespec until{.tv_sec = due / kSecond, .tv_nsec = due % kSecond};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace fanout
