// The histogram of base/histogram.h in memory that threads and processes share. Zeroed memory is an
// empty one; any of them may add to it at any time, and none waits for another.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/atomic_extremes.h"
#include "base/histogram.h"

namespace fanout {

class SharedHistogram {
 public:
  // Counts one value; negative values count as 0.
  void add(std::int64_t value);
  // What was counted so far.
  [[nodiscard]] Histogram read() const;

 private:
  std::array<std::atomic<std::uint64_t>, Histogram::kBuckets> counts_;
  std::atomic<std::uint64_t> sum_;
  Least min_;
  Greatest max_;
};

}  // namespace fanout
