#include "base/shared_histogram.h"

#include <algorithm>

namespace fanout {

void SharedHistogram::add(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  counts_[Histogram::bucket_of(value)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
  min_.note(value);
  max_.note(value);
}

Histogram SharedHistogram::read() const {
  Histogram::Buckets buckets;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::uint64_t count = counts_[i].load(std::memory_order_relaxed);
    if (count > 0) buckets.emplace_back(Histogram::lowest_of(i), count);
  }
  if (buckets.empty()) return {};
  return Histogram::of_buckets(buckets, min_.value(), max_.value(),
                               static_cast<double>(sum_.load(std::memory_order_relaxed)));
}

}  // namespace fanout
