// When a request is late enough for a second attempt, as people write it, and the bounds of client
// policies that scenarios and the command line share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "transports/client_config.h"

namespace fanout {

inline constexpr double kLeastShare = 0.0001;
inline constexpr double kDefaultHedgeBudget = 0.1;
inline constexpr const char* kShareExpected = "a share: more than 0, at most 1";
inline constexpr const char* kHedgeAfterExpected =
    "a duration such as \"30ms\", or a percentile of the latencies seen, such as \"p95\"";

// "30ms", "p95", "p99.5"; nothing if it is neither. The rest of the policy is left as it is made.
std::optional<HedgePolicy> parse_hedge_after(const std::string& text);

}  // namespace fanout
