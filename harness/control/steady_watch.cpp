#include "harness/control/steady_watch.h"

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "harness/machine/usage.h"

namespace fanout {
namespace {

constexpr int kNothingToSeeMs = 60'000;

// One that another process may just be writing.
bool has_finished(Sample& sample) {
  return std::atomic_ref(sample.finishes).load(std::memory_order_acquire) != 0;
}

}  // namespace

int SteadyWatch::look() {
  constexpr int kUntilReadyMs = 10;
  if (window_) return kNothingToSeeMs;
  if (!detector_) {
    const std::int64_t ready_ns = memory_.schedule_start_ns().load();
    if (ready_ns == 0) return kUntilReadyMs;
    detector_.emplace(ready_ns, workers_);
    next_look_ns_ = ready_ns + std::chrono::nanoseconds(kSteadyWindow).count();
  }
  const std::int64_t now = now_ns();
  if (now >= next_look_ns_) {
    const bool warming = detector_->begin_ns() == 0;
    const auto phase = detector_->observe(now, count_finished());
    const bool begins = warming && phase == SteadyDetector::Phase::measuring;
    if (begins) cpu_at_begin_ns_ = cpu_ns_of_family(pid_);
    if (phase == SteadyDetector::Phase::done) {
      memory_.deadline_ns() = now;
      window_ = {.begin_ns = detector_->begin_ns(),
                 .end_ns = now,
                 .cpu_ns = cpu_ns_of_family(pid_) - cpu_at_begin_ns_,
                 .settled = detector_->settled()};
      return kNothingToSeeMs;
    }
    next_look_ns_ = now + std::chrono::nanoseconds(kSteadyWindow).count();
  }
  return static_cast<int>((next_look_ns_ - now) / 1'000'000) + 1;
}

// Requests are taken roughly in order: those before the first unfinished one are counted once.
std::uint64_t SteadyWatch::count_finished() {
  const auto samples = memory_.samples();
  while (all_before_ < samples.size() && has_finished(samples[all_before_])) ++all_before_;
  std::uint64_t beyond = 0;
  for (std::size_t i = all_before_; i < samples.size(); ++i) {
    if (has_finished(samples[i])) ++beyond;
  }
  return all_before_ + beyond;
}

}  // namespace fanout
