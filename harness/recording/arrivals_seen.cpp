#include "harness/recording/arrivals_seen.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace fanout {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMostParts = 1 << 16;

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// The counts of as many parts together as it takes to have `least` of them on average.
std::vector<std::uint64_t> merged(const std::vector<std::uint64_t>& counts, double least) {
  const double mean =
      std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  if (mean == 0) return {};
  const auto together = static_cast<std::size_t>(std::max(std::ceil(least / mean), 1.0));
  std::vector<std::uint64_t> sums(counts.size() / together);  // the rest is no whole part
  for (std::size_t i = 0; i < sums.size() * together; ++i) sums[i / together] += counts[i];
  return sums;
}

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
    begin_ = std::chrono::floor<std::chrono::seconds>(at);
    first_ = last_ = at;
  }
  first_ = std::min(first_, at);
  last_ = std::max(last_, at);
  whole_seconds_ = whole_seconds_ && at % std::chrono::seconds(1) == nanoseconds{};
  if (at < begin_) begin_earlier(at);
  while (part_of(at) >= kMostParts) widen();
  if (part_of(at) >= counts_.size()) counts_.resize(part_of(at) + 1);
  ++counts_[part_of(at)];
}

// REQUIRED: at >= begin_.
std::size_t ArrivalCounter::part_of(nanoseconds at) const {
  return static_cast<std::size_t>((at - begin_) / nanoseconds(part_));
}

// Puts empty parts before the first: as many again as there are, for a log that has the newest
// first makes this call for each.
void ArrivalCounter::begin_earlier(nanoseconds at) {
  const auto missing = [&] {
    return static_cast<std::size_t>((begin_ - at) / nanoseconds(part_)) + 1;
  };
  while (missing() + counts_.size() > kMostParts) widen();
  const std::size_t more =
      std::min(std::max(missing(), counts_.size()), kMostParts - counts_.size());
  counts_.insert(counts_.begin(), more, 0);
  begin_ -= more * nanoseconds(part_);
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
  if (first_ == last_) return std::nullopt;
  ArrivalsSeen seen{.requests = requests_, .span = last_ - first_, .part = part_};
  // A log of whole seconds has the last of them whole; else the first request begins the span, and
  // is none that came within it.
  if (whole_seconds_) seen.span += std::chrono::seconds(1);
  const auto within = static_cast<double>(requests_ - (whole_seconds_ ? 0 : 1));
  seen.rate = within / seconds(seen.span);
  const auto some = [](std::uint64_t count) { return count > 0; };
  const auto begin = std::ranges::find_if(counts_, some);
  const auto end = std::find_if(counts_.rbegin(), counts_.rend(), some);
  const std::vector<std::uint64_t> counts(begin, end.base());
  const auto busiest = static_cast<double>(std::ranges::max(counts));
  seen.busiest_rate = std::max(busiest / static_cast<double>(part_.count()), seen.rate);
  constexpr double kLeastMean = 5;  // below that, whatever comes looks like chance
  constexpr std::size_t kLeastParts = 10;
  // The first and the last part are cut off, which would look like a change of rate.
  if (counts.size() < kLeastParts) return seen;
  const std::vector<std::uint64_t> sums =
      merged({counts.begin() + 1, counts.end() - 1}, kLeastMean);
  if (sums.size() >= kLeastParts) seen.dispersion = dispersion_of(sums);
  return seen;
}

}  // namespace fanout
