// The limit of an adaptive strategy over the time of a run.
#pragma once

#include <array>
#include <cstdint>

namespace fanout {

struct LimitPoint {
  std::int64_t at_ns = 0;  // base/clock.h
  double limit = 0;
  std::uint32_t in_flight = 0;
  std::int64_t latency_ns = 0;  // of the attempt that ended then; 0: not known
};

// At most so many points: once there are more, every second is dropped, and of later ones every
// second is taken. Plain memory that processes share; zeroed, it is empty. One writer.
struct LimitTrace {
  static constexpr std::uint32_t kMost = 500;

  std::uint32_t count;
  std::uint32_t passed_over;  // since the last that was taken
  std::uint32_t halvings;
  std::array<LimitPoint, kMost> points;

  void add(const LimitPoint& point) {
    if (++passed_over < (std::uint32_t{1} << halvings)) return;
    passed_over = 0;
    if (count == kMost) {
      for (std::uint32_t i = 0; i < kMost / 2; ++i) points[i] = points[2 * i + 1];
      count = kMost / 2;
      ++halvings;
    }
    points[count++] = point;
  }
};

}  // namespace fanout
