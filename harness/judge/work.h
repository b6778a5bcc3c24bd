// Whether a run did the work that its scenario asks of each right answer. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// What it came to, as the run's threads counted it; nothing: none was asked for, or it is a
// program's word.
std::optional<WorkMet> work_met(const Execution& execution, const Cell& cell,
                                const Scenario& scenario);

// Why the work of `ok` right answers cannot have been done, one line each; none if it can.
std::vector<std::string> doubts_about_work(const Execution& execution, const Cell& cell,
                                           const Scenario& scenario, std::uint64_t ok,
                                           std::uint64_t body_bytes);

}  // namespace fanout
