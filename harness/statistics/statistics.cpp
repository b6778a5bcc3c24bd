#include "harness/statistics/statistics.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numeric>

namespace fanout {
namespace {

constexpr double kConfidence = 0.95;

// P(X <= k) for X ~ Binomial(n, 1/2).
double binomial_half_cdf(std::size_t k, std::size_t n) {
  const boost::math::binomial_distribution<> law(static_cast<double>(n), 0.5);
  return boost::math::cdf(law, static_cast<double>(k));
}

double median_of_sorted(std::span<const double> values) {
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// The mean of every pair of values, each with itself too, in ascending order.
std::vector<double> walsh_averages(std::span<const double> values) {
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  }
  std::ranges::sort(means);
  return means;
}

// The p-value of the signed-rank test that `differences` are symmetric about 0.
double signed_rank_p(std::vector<double> differences) {
  std::erase(differences, 0.0);
  const std::size_t n = differences.size();
  std::ranges::sort(differences, {}, [](double d) { return std::abs(d); });
  double positive = 0;
  for (std::size_t first = 0; first < n;) {
    std::size_t end = first + 1;
    while (end < n && std::abs(differences[end]) == std::abs(differences[first])) ++end;
    const double mean_rank = static_cast<double>(first + 1 + end) / 2;
    for (; first < end; ++first) positive += differences[first] > 0 ? mean_rank : 0;
  }
  const double all = static_cast<double>(n * (n + 1)) / 2;
  const auto smaller = static_cast<std::size_t>(std::ceil(std::min(positive, all - positive)));
  return std::min(1.0, 2 * signed_rank_cdf(smaller, n));
}

}  // namespace

Interval share_interval(std::uint64_t count, std::uint64_t total) {
  using Binomial = boost::math::binomial_distribution<>;
  const auto successes = static_cast<double>(count);
  const auto trials = static_cast<double>(total);
  const double beyond = (1 - kConfidence) / 2;
  return {.median = successes / trials,
          .low = Binomial::find_lower_bound_on_p(trials, successes, beyond),
          .high = Binomial::find_upper_bound_on_p(trials, successes, beyond)};
}

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
  interval.median = median_of_sorted(values);
  if (const auto limits = median_limits(n)) {
    interval.low = values[limits->low - 1];
    interval.high = values[limits->high - 1];
  }
  return interval;
}

double signed_rank_cdf(std::size_t t, std::size_t n) {
  constexpr std::size_t kExact = 50;
  const std::size_t most = n * (n + 1) / 2;
  if (t >= most) return 1;
  if (n > kExact) {
    const auto size = static_cast<double>(n);
    const double deviation = std::sqrt(size * (size + 1) * (2 * size + 1) / 24);
    const double z = (static_cast<double>(t) + 0.5 - static_cast<double>(most) / 2) / deviation;
    return std::erfc(-z / std::sqrt(2.0)) / 2;
  }
  // ways[s]: the probability that the ranks with a positive sign add up to s; rank by rank.
  std::vector<double> ways(t + 1);
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t s = t + 1; s-- > 0;) {
      ways[s] = (ways[s] + (s >= rank ? ways[s - rank] : 0)) / 2;
    }
  }
  return std::accumulate(ways.begin(), ways.end(), 0.0);
}

std::optional<std::size_t> signed_rank_limit(std::size_t n) {
  constexpr double kTail = (1 - kConfidence) / 2;
  if (n == 0 || signed_rank_cdf(0, n) > kTail) return std::nullopt;
  // The largest is below the middle of the distribution; found by halving.
  std::size_t low = 0;
  std::size_t high = n * (n + 1) / 4;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    signed_rank_cdf(middle, n) <= kTail ? low = middle : high = middle - 1;
  }
  return low;
}

Comparison compare_rounds(std::span<const double> first, std::span<const double> second) {
  std::vector<double> logs;
  for (std::size_t i = 0; i < first.size(); ++i) logs.push_back(std::log(second[i] / first[i]));
  Comparison comparison;
  comparison.rounds = logs.size();
  if (logs.empty()) return comparison;
  const std::vector<double> walsh = walsh_averages(logs);
  comparison.ratio = std::exp(median_of_sorted(walsh));
  if (const auto limit = signed_rank_limit(logs.size())) {
    comparison.low = std::exp(walsh[*limit]);
    comparison.high = std::exp(walsh[walsh.size() - 1 - *limit]);
  }
  comparison.p = signed_rank_p(std::move(logs));
  return comparison;
}

}  // namespace fanout
