// How a run got along with the limits of its server. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/judge/attempts.h"
#include "harness/judge/execution.h"
#include "harness/result/run.h"
#include "harness/scenario/scenario.h"

namespace fanout {

// Nothing where the server has no limits and the strategy none of its own. The run's server and
// status counts are known.
std::optional<LimitsMet> limits_met(const Execution& execution, const Run& run,
                                    const Attempts& attempts, const Scenario& scenario);

// How long until a limit stays within 20 % of its later median, the median of the second half of
// what follows `from_ns`; nothing: it does not, or there is too little of it.
std::optional<std::int64_t> settle_time(const std::vector<LimitMoment>& over_time,
                                        std::int64_t from_ns);

// Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination", 1984: 1 where all
// are equal, 1/n where one has everything.
double fairness_of(const std::vector<double>& shares);

}  // namespace fanout
