// What a stranger's server is not put through unasked.
#pragma once

#include <vector>

#include "harness/plan/plan.h"

namespace fanout {

inline constexpr unsigned kCourteousInFlight = 10;
inline constexpr std::uint64_t kCourteousRequests = 100;  // of all cells and rounds together
inline constexpr double kCourteousRate = 10;              // per second, where a rate is asked for

// Throws UsageError, saying what to lower, if one of the targets is outside the loopback network
// and the plan is for more than the above, or for mode steady, which sends as many as it can.
void check_courtesy(const Plan& plan, const std::vector<Target>& targets);

}  // namespace fanout
