// Deterministic statistics: no random numbers, no assumption about distributions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
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

// The share of `count` successes in `total` trials, at least one, with exact 95 % limits. Source:
// C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits, Biometrika 26, 1934.
Interval share_interval(std::uint64_t count, std::uint64_t total);

// P(T <= t) of the Wilcoxon signed-rank statistic T for n differences without ties, if there is no
// difference: exact up to n = 50, from there on by the normal distribution with continuity
// correction. Source: Hollander, Wolfe, Chicken, Nonparametric Statistical Methods (2014), 3.1.
double signed_rank_cdf(std::size_t t, std::size_t n);

// The largest t with signed_rank_cdf(t, n) <= 2.5 %: the interval from the (t+1)-th smallest to the
// (t+1)-th largest Walsh average has at least 95 % confidence. n = 6: 0; 10: 8; 20: 52. Nothing if
// n < 6. Source: the same, 3.3.
std::optional<std::size_t> signed_rank_limit(std::size_t n);

// Two cells measured in the same rounds: the second relative to the first.
struct Comparison {
  double ratio = 1;           // Hodges-Lehmann estimate over the rounds
  std::optional<double> low;  // its 95 % interval; nothing below 6 rounds
  std::optional<double> high;
  double p = 1;  // of no difference, two-sided, by the signed-rank test
  std::size_t rounds = 0;
};

// Round i is first[i] and second[i], all above 0, as many of either. Works on the logarithms of the
// ratios second / first. Rounds without any difference count for the interval and not for p; tied
// differences get their mean rank.
Comparison compare_rounds(std::span<const double> first, std::span<const double> second);

}  // namespace fanout
