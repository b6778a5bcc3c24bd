// Deterministic statistics: no random numbers, no assumption about distributions.
#pragma once

#include <optional>
#include <vector>

namespace fanout {

// A median with the limits of its confidence interval.
struct Interval {
  double median = 0;
  std::optional<double> low;  // nothing: too few values for 95 %
  std::optional<double> high;
};

// Which order statistics (from 1) bound the median of n values with at least 95 % confidence, by
// the binomial distribution: n = 6: 1 and 6; 10: 2 and 9; 20: 6 and 15. Nothing if n < 6.
// Source: Le Boudec, Performance Evaluation of Computer and Communication Systems, 2.2.2.
struct OrderLimits {
  std::size_t low = 0;
  std::size_t high = 0;
};
std::optional<OrderLimits> median_limits(std::size_t n);

// The median (mean of the middle two for an even number) with exact order-statistic limits.
// 0 without limits for no values.
Interval median_interval(std::vector<double> values);

}  // namespace fanout
