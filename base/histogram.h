// A log-linear histogram of non-negative integers (here: nanoseconds).
//
// Values below 256 have a bucket each; above, every power of two is divided into 128 buckets, so a
// bucket is never wider than 1/128 (0.78 %) of the values in it. Histograms merge by addition.
// Not thread-safe (base/shared_histogram.h is). Source of the layout: HdrHistogram (Tene), with a
// fixed precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace fanout {

class Histogram {
 public:
  using Buckets = std::vector<std::pair<std::int64_t, std::uint64_t>>;

  // No value has a bucket with this number or a higher one.
  static constexpr std::size_t kBuckets = 7296;
  // The bucket that counts a value; negative values count as 0.
  static std::size_t bucket_of(std::int64_t value);
  // The lowest value of a bucket.
  static std::int64_t lowest_of(std::size_t bucket);

  // The histogram whose buckets() these are, with the extremes and the sum of values that it had:
  // where the sum is not known, neither is the mean (0).
  static Histogram of_buckets(const Buckets& buckets, std::int64_t min, std::int64_t max,
                              double sum = 0);

  // Counts one value; negative values count as 0.
  void add(std::int64_t value);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::int64_t min() const { return count_ > 0 ? min_ : 0; }
  [[nodiscard]] std::int64_t max() const { return count_ > 0 ? max_ : 0; }
  [[nodiscard]] double mean() const;

  // The value at `fraction` (0..1) by the nearest-rank rule: the middle of the bucket that holds
  // the ceil(fraction * count)-th smallest value, clamped to [min, max]. 0 when empty.
  [[nodiscard]] std::int64_t quantile(double fraction) const;

  // The non-empty buckets as (lowest value of the bucket, count), ascending.
  [[nodiscard]] Buckets buckets() const;

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace fanout
