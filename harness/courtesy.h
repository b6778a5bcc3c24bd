// What a stranger's server is not put through unasked.
#pragma once

#include <vector>

#include "harness/plan.h"

namespace fanout {

inline constexpr unsigned kCourteousInFlight = 10;
inline constexpr std::uint64_t kCourteousRequests = 100;  // of all cells and rounds together

// Throws UsageError, saying what to lower, if one of the targets is outside the loopback network
// and the plan is for more than the above.
void check_courtesy(const Plan& plan, const std::vector<Target>& targets);

}  // namespace fanout
