#include "harness/scenario/schedule.h"

#include <cmath>

#include "wire/token.h"

namespace fanout {
namespace {

// What requests and delays derive from the same seed is independent of this.
constexpr std::uint64_t kArrivalSalt = 5;

// An exponential gap of mean 1, by inversion; uniform on the open interval, so its logarithm
// exists.
double exponential(std::uint64_t seed, std::uint64_t index) {
  const std::uint64_t bits = make_token(mix64(seed) ^ mix64(kArrivalSalt), index) >> 11;
  return -std::log((static_cast<double>(bits) + 0.5) * 0x1p-53);
}

}  // namespace

std::vector<std::int64_t> due_times(const Schedule& schedule, std::size_t requests) {
  std::vector<std::int64_t> due;
  if (schedule.rate <= 0) return due;
  due.reserve(requests);
  const double gap_ns = 1e9 / schedule.rate;
  double gaps = 0;  // so far; summed in gaps and not in nanoseconds, to round once
  for (std::size_t i = 0; i < requests; ++i) {
    due.push_back(std::llround(gaps * gap_ns));
    gaps += schedule.arrivals == Arrivals::constant ? 1 : exponential(schedule.seed, i);
  }
  return due;
}

}  // namespace fanout
