#include "harness/statistics/sessions.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <vector>

namespace fanout {
namespace {

using StudentsT = boost::math::students_t_distribution<double>;

constexpr double kTwoSided95 = 0.025;  // beyond either limit

// Of logarithms.
struct Spread {
  double count = 0;
  double mean = 0;
  double variance = 0;  // of one value
};

Spread spread_of(std::span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value));
  Spread spread{.count = static_cast<double>(logs.size())};
  spread.mean = std::accumulate(logs.begin(), logs.end(), 0.0) / spread.count;
  if (logs.size() < 2) return spread;
  for (const double one : logs) spread.variance += (one - spread.mean) * (one - spread.mean);
  spread.variance /= spread.count - 1;
  return spread;
}

// The value that a share of `beyond` lies above.
double quantile(double degrees, double beyond) {
  return boost::math::quantile(boost::math::complement(StudentsT(degrees), beyond));
}

}  // namespace

double geometric_mean(std::span<const double> values) { return std::exp(spread_of(values).mean); }

Comparison compare_sessions(std::span<const double> first, std::span<const double> second) {
  Comparison comparison;
  comparison.rounds = std::min(first.size(), second.size());
  if (comparison.rounds == 0) return comparison;
  const Spread before = spread_of(first);
  const Spread after = spread_of(second);
  const double difference = after.mean - before.mean;
  comparison.ratio = std::exp(difference);
  if (comparison.rounds < kLeastSessions) return comparison;
  const double of_before = before.variance / before.count;
  const double of_after = after.variance / after.count;
  const double error = std::sqrt(of_before + of_after);
  if (error == 0) {  // sessions that are all the same: only made up ones are
    comparison.low = comparison.high = comparison.ratio;
    comparison.p = difference == 0 ? 1 : 0;
    return comparison;
  }
  const double degrees =
      (of_before + of_after) * (of_before + of_after) /
      (of_before * of_before / (before.count - 1) + of_after * of_after / (after.count - 1));
  const double reach = quantile(degrees, kTwoSided95) * error;
  comparison.low = std::exp(difference - reach);
  comparison.high = std::exp(difference + reach);
  comparison.p = 2 * boost::math::cdf(
                         boost::math::complement(StudentsT(degrees), std::abs(difference) / error));
  return comparison;
}

std::optional<Interval> next_session(std::span<const double> sessions, double confidence) {
  if (sessions.size() < kLeastSessions) return std::nullopt;
  const Spread spread = spread_of(sessions);
  const double error = std::sqrt(spread.variance * (1 + 1 / spread.count));
  const double reach = quantile(spread.count - 1, (1 - confidence) / 2) * error;
  return Interval{.median = std::exp(spread.mean),
                  .low = std::exp(spread.mean - reach),
                  .high = std::exp(spread.mean + reach)};
}

}  // namespace fanout
