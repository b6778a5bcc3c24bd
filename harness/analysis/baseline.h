// What has become of the user's program that is the baseline in the others of them (--baseline).
#pragma once

#include <optional>

#include "harness/analysis/compare.h"
#include "harness/result/report.h"

namespace fanout {

// Each external program that imitates none of fanout's strategies (NEW) held against the baseline
// of the plan (BASE), with as many workers and in the same rounds, by makespan, CPU per request and
// how many requests succeed. Nothing if the plan has no baseline, or nothing to hold against it.
std::optional<Changes> changes_from_baseline(const Report& report);

}  // namespace fanout
