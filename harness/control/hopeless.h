// When to stop asking real targets that answer nothing.
#pragma once

#include <optional>

#include "harness/cell/samples.h"
#include "harness/result/report.h"

namespace fanout {

// Whether the measurement has no use in going on: real targets have not answered a single request
// in the whole first round, or in its first two runs, whose requests all waited in vain or failed
// in TLS.
bool is_hopeless(const Report& report, bool round_done);

// Whether a run of a single target has none: for 20 s, and 3 requests or more, all that ended
// waited in vain. Processes may be writing the samples. `age_ns` is from ready() on.
bool waits_in_vain(const Samples& samples, std::int64_t age_ns);

}  // namespace fanout
