#include "harness/recording/slowdown_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fanout {
namespace {

using std::chrono::nanoseconds;

struct Mean {
  double value = 0;  // ns
  double error = 0;  // the standard error
};

Mean mean_of(const std::vector<nanoseconds>& times) {
  const auto count = static_cast<double>(times.size());
  Mean mean;
  for (const nanoseconds time : times) mean.value += static_cast<double>(time.count()) / count;
  if (times.size() < 2) return mean;
  double squares = 0;
  for (const nanoseconds time : times) {
    squares += std::pow(static_cast<double>(time.count()) - mean.value, 2);
  }
  mean.error = std::sqrt(squares / (count - 1) / count);
  return mean;
}

// How many others, beyond `above`, a request finds there if it is one of so many.
double excess(unsigned at_once, unsigned above) {
  return at_once > above + 1 ? at_once - 1 - above : 0;
}

}  // namespace

MeanTime mean_time(const std::vector<nanoseconds>& times) {
  if (times.empty()) return {};
  const Mean mean = mean_of(times);
  return {nanoseconds(std::llround(mean.value)), nanoseconds(std::llround(2 * mean.error))};
}

Slowdown slowdown_of(const std::vector<nanoseconds>& alone_times,
                     const std::map<unsigned, std::vector<nanoseconds>>& at_once) {
  if (at_once.empty() || alone_times.empty()) return {};
  const Mean alone = mean_of(alone_times);
  Slowdown best;
  double best_rest = std::numeric_limits<double>::infinity();
  for (unsigned above = 0; above + 1 < at_once.rbegin()->first; ++above) {
    double product = 0;  // of how much longer it took, and how much longer 1 ns each would make it
    double square = 0;
    for (const auto& [count, times] : at_once) {
      const auto weight = static_cast<double>(times.size());
      const double each = excess(count, above);
      product += weight * each * (mean_of(times).value - alone.value);
      square += weight * each * each;
    }
    const double per_request = product / square;
    double rest = 0;
    for (const auto& [count, times] : at_once) {
      const double off =
          mean_of(times).value - alone.value - std::max(per_request, 0.0) * excess(count, above);
      rest += static_cast<double>(times.size()) * off * off;
    }
    // Of those that come equally near, the first, which slows down the earliest.
    constexpr double kNearer = 0.99;
    if (rest >= kNearer * best_rest || per_request <= 0) continue;
    best_rest = rest;
    best = {above, nanoseconds(std::llround(per_request))};
  }
  const Mean most = mean_of(at_once.rbegin()->second);
  constexpr double kCertain = 3;  // standard errors
  constexpr double kWorthwhile = 0.05;
  const double longer = most.value - alone.value;
  const bool certain = longer > kCertain * std::hypot(most.error, alone.error);
  return certain && longer > kWorthwhile * alone.value ? best : Slowdown{};
}

}  // namespace fanout
