// What requests that time out make of the percentiles of a run. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/result/run.h"

namespace fanout {

// The share that timed out, answering or connecting, of the requests that did or succeeded.
double timed_out_share(const Run& run);

// A percentile over the requests that succeeded or timed out, in ns: of service times, or in mode
// open of response times. REQUIRED: requests succeeded, and time_limit_at() has nothing to say.
std::int64_t latency_at(const Run& run, double percentile);
std::int64_t response_at(const Run& run, double percentile);

// Whether such a share is more than lies beyond a percentile: above 1 % for 99.
bool exceeds_tail(double share, double percentile);

// What a percentile over those requests is at least, where more of them timed out than lie beyond
// it: the time limit that they met. Nothing where no more did; then the percentile is known.
std::optional<std::int64_t> time_limit_at(const Run& run, double percentile);

}  // namespace fanout
