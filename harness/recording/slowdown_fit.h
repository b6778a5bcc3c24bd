// What think times amount to: their mean, and how they grow with the requests in flight.
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "local_server/behaviour.h"

namespace fanout {

// The mean of times, and how far it may be off: 2 standard errors, of a mean of so many.
struct MeanTime {
  std::chrono::nanoseconds value{};
  std::chrono::nanoseconds error{};
};
MeanTime mean_time(const std::vector<std::chrono::nanoseconds>& times);

// How think times grow with the number of requests in flight, from those of requests alone and
// among so many: the slowdown whose mean comes nearest to what was seen (least squares); none where
// it is within the noise.
Slowdown slowdown_of(const std::vector<std::chrono::nanoseconds>& alone,
                     const std::map<unsigned, std::vector<std::chrono::nanoseconds>>& at_once);

}  // namespace fanout
