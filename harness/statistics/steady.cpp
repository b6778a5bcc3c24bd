#include "harness/statistics/steady.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fanout {

SteadyDetector::Phase SteadyDetector::observe(std::int64_t now_ns, std::uint64_t finished) {
  if (phase_ == Phase::done || now_ns <= last_.time_ns) return phase_;
  const auto length = static_cast<double>(now_ns - last_.time_ns);
  const double nominal = std::chrono::nanoseconds(kSteadyWindow).count();
  per_window_.push_back(static_cast<double>(finished - last_.finished) * nominal / length);
  last_ = {now_ns, finished};
  if (phase_ == Phase::warming) {
    const bool agree = windows_agree();
    if (!agree && now_ns - start_ns_ < kSteadyWarmUp.count()) return phase_;
    settled_ = agree;
    begin_ = last_;
    return phase_ = Phase::measuring;
  }
  const bool enough = now_ns - begin_.time_ns >= kSteadyMeasure.count() &&
                      finished - begin_.finished >= kSteadyRequests;
  const bool too_long = now_ns - start_ns_ >= kSteadyLongest.count();
  if (!enough && too_long) settled_ = false;
  if (enough || too_long) phase_ = Phase::done;
  return phase_;
}

// Two reasons to differ are chance and no warm-up: so many independent events as `mean` have a
// standard deviation of its square root, and workers that all wait equally long finish together, in
// waves: with few waves in a window, it holds one more or one less.
bool SteadyDetector::windows_agree() const {
  constexpr double kFewWaves = 10;
  if (per_window_.size() < kSteadyWindows) return false;
  const auto first = per_window_.end() - kSteadyWindows;
  const double mean = std::accumulate(first, per_window_.end(), 0.0) / kSteadyWindows;
  const auto [least, most] = std::minmax_element(first, per_window_.end());
  double squares = 0;
  for (auto value = first; value != per_window_.end(); ++value) {
    squares += (*value - mean) * (*value - mean);
  }
  const double allowed = std::max(kSteadyVariation * mean, std::sqrt(mean));
  if (mean > 0 && std::sqrt(squares / kSteadyWindows) <= allowed) return true;
  return mean < kFewWaves * workers_ && *most - *least <= workers_;
}

}  // namespace fanout
