#include "harness/recording/arrivals_seen.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace fanout {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMostParts = 1 << 16;
constexpr std::chrono::minutes kOutOfOrder{1};

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// The index of dispersion of the counts.
double dispersion_of(const std::vector<std::uint64_t>& counts) {
  const auto parts = static_cast<double>(counts.size());
  const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / parts;
  double squares = 0;
  for (const std::uint64_t count : counts) {
    const double off = static_cast<double>(count) - mean;
    squares += off * off;
  }
  return squares / (parts - 1) / mean;
}

}  // namespace

void ArrivalCounter::add(nanoseconds at) {
  if (requests_++ == 0) {
    begin_ = std::chrono::floor<std::chrono::seconds>(at) - kOutOfOrder;
    first_ = last_ = at;
  }
  first_ = std::min(first_, at);
  last_ = std::max(last_, at);
  const auto part_of = [&] {
    return static_cast<std::size_t>(std::max(at - begin_, nanoseconds{}) / nanoseconds(part_));
  };
  while (part_of() >= kMostParts) widen();
  if (part_of() >= counts_.size()) counts_.resize(part_of() + 1);
  ++counts_[part_of()];
}

// Makes parts twice as long.
void ArrivalCounter::widen() {
  part_ *= 2;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const std::uint64_t count = std::exchange(counts_[i], 0);
    counts_[i / 2] += count;
  }
  counts_.resize((counts_.size() + 1) / 2);
}

std::optional<ArrivalsSeen> ArrivalCounter::seen() const {
  const nanoseconds span = last_ - first_;
  if (span.count() <= 0) return std::nullopt;
  ArrivalsSeen seen{.requests = requests_, .span = span, .part = part_};
  seen.rate = static_cast<double>(requests_) / seconds(span);
  // The first and the last part are cut off, which would look like a change of rate.
  const auto begin = std::ranges::find_if(counts_, [](auto count) { return count > 0; });
  std::vector<std::uint64_t> whole(begin, counts_.end());
  const auto busiest = static_cast<double>(*std::ranges::max_element(whole));
  seen.busiest_rate = whole.size() > 2 ? busiest / static_cast<double>(part_.count()) : seen.rate;
  constexpr std::size_t kLeastParts = 12;
  if (whole.size() < kLeastParts) return seen;
  seen.dispersion = dispersion_of({whole.begin() + 1, whole.end() - 1});
  return seen;
}

}  // namespace fanout
