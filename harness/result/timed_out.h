// What requests that time out make of the percentiles of a run. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/result/run.h"

namespace fanout {

// The share of its requests that timed out, answering or connecting.
double timed_out_share(const Run& run);

// Whether a share of the requests is more than lies beyond a percentile: above 1 % for 99.
bool exceeds_tail(double share, double percentile);

// What a percentile over all requests is at least, where more of them timed out than lie beyond it:
// the time limit that they met. Nothing where no more did; then the percentile is known.
std::optional<std::int64_t> time_limit_at(const Run& run, double percentile);

}  // namespace fanout
