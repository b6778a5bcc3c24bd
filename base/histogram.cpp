#include "base/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fanout {
namespace {

constexpr int kSubBits = 7;                          // 128 buckets per power of two
constexpr std::uint64_t kLinear = 2ULL << kSubBits;  // below this, one bucket per value

std::size_t bucket_holding(std::uint64_t value) {
  if (value < kLinear) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - kSubBits;
  return (static_cast<std::size_t>(shift) << kSubBits) + (value >> shift);
}

std::uint64_t lowest_in(std::size_t bucket) {
  if (bucket < kLinear) return bucket;
  const std::size_t shift = (bucket >> kSubBits) - 1;
  return (bucket - (shift << kSubBits)) << shift;
}

}  // namespace

std::size_t Histogram::bucket_of(std::int64_t value) {
  return bucket_holding(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
}

std::int64_t Histogram::lowest_of(std::size_t bucket) {
  return static_cast<std::int64_t>(lowest_in(bucket));
}

Histogram Histogram::of_buckets(const Buckets& buckets, std::int64_t min, std::int64_t max,
                                double sum) {
  Histogram histogram;
  for (const auto& [lowest, count] : buckets) {
    const std::size_t bucket = bucket_of(lowest);
    if (bucket >= histogram.counts_.size()) histogram.counts_.resize(bucket + 1);
    histogram.counts_[bucket] += count;
    histogram.count_ += count;
  }
  histogram.min_ = std::min(min, max);
  histogram.max_ = std::max(min, max);
  histogram.sum_ = sum;
  return histogram;
}

void Histogram::add(std::int64_t value) {
  value = std::max<std::int64_t>(value, 0);
  const std::size_t bucket = bucket_of(value);
  if (bucket >= counts_.size()) counts_.resize(bucket + 1);
  ++counts_[bucket];
  min_ = count_ > 0 ? std::min(min_, value) : value;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
  ++count_;
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  min_ = count_ > 0 ? std::min(min_, other.min_) : other.min_;
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  count_ += other.count_;
}

double Histogram::mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }

std::int64_t Histogram::quantile(double fraction) const {
  if (count_ == 0) return 0;
  const double exact = std::ceil(fraction * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact), 1, count_);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while ((seen += counts_[bucket]) < rank && bucket + 1 < counts_.size()) ++bucket;
  const std::uint64_t middle = (lowest_in(bucket) + lowest_in(bucket + 1) - 1) / 2;
  return std::clamp(static_cast<std::int64_t>(middle), min_, max_);
}

Histogram::Buckets Histogram::buckets() const {
  Buckets result;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] != 0) result.emplace_back(lowest_of(i), counts_[i]);
  }
  return result;
}

}  // namespace fanout
