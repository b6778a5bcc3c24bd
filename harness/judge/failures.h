// Which requests of a run failed, and of what; and with which statuses its attempts were answered.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/judge/execution.h"
#include "harness/result/run.h"
#include "harness/scenario/scenario.h"

namespace fanout {

// Hands over each request that failed, in order, until `take` returns false; its URL and line are
// left open. Not those that the end of mode steady left over.
void each_failed(const Execution& execution, const Scenario& scenario,
                 const std::function<bool(FailedRequest)>& take);

// The requests that failed by what they failed of, the most frequent first.
std::vector<FailureKind> failure_kinds(const Execution& execution, const Scenario& scenario);

// The status of every attempt that was answered whole -> how many; of those made again, of those
// that failed by their status (others keep none).
std::map<std::string, std::uint64_t> count_statuses(const Execution& execution);

}  // namespace fanout
