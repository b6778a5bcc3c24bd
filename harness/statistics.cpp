#include "harness/statistics.h"

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

constexpr double kConfidence = 0.95;

// P(X <= k) for X ~ Binomial(n, 1/2); in logarithms, so that no n overflows.
double binomial_half_cdf(std::size_t k, std::size_t n) {
  const auto log_choose = [&](std::size_t i) {
    const auto a = static_cast<double>(n);
    const auto b = static_cast<double>(i);
    return std::lgamma(a + 1) - std::lgamma(b + 1) - std::lgamma(a - b + 1);
  };
  double sum = 0;
  for (std::size_t i = 0; i <= k; ++i) {
    sum += std::exp(log_choose(i) - static_cast<double>(n) * std::log(2.0));
  }
  return sum;
}

}  // namespace

std::optional<OrderLimits> median_limits(std::size_t n) {
  // The interval from the j-th smallest to the j-th largest misses the median with probability
  // 2 P(X <= j - 1); take the largest j that keeps this within 5 %.
  std::size_t j = 0;
  while (2 * (j + 1) <= n && 2 * binomial_half_cdf(j, n) <= 1 - kConfidence) ++j;
  if (j == 0) return std::nullopt;
  return OrderLimits{j, n + 1 - j};
}

Interval median_interval(std::vector<double> values) {
  Interval interval;
  if (values.empty()) return interval;
  std::ranges::sort(values);
  const std::size_t n = values.size();
  interval.median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  if (const auto limits = median_limits(n)) {
    interval.low = values[limits->low - 1];
    interval.high = values[limits->high - 1];
  }
  return interval;
}

}  // namespace fanout
