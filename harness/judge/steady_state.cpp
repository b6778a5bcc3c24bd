#include "harness/judge/steady_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/histogram.h"
#include "base/text.h"
#include "harness/judge/latency.h"
#include "wire/token.h"

namespace fanout {
namespace {

// The window from the end of one request to that of another: what lies between is whole, whether
// requests end evenly or in waves.
struct Bounds {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
};

bool counts(const Sample& sample) { return sample.finishes > 0 && sample.attempts > 0; }

Bounds trimmed(const Samples& samples, const SteadyWindow& window, std::int64_t ready_ns) {
  Bounds bounds{.begin_ns = ready_ns, .end_ns = ready_ns};
  for (const Sample& sample : samples) {
    if (!counts(sample)) continue;
    if (sample.end_ns <= window.begin_ns) {
      bounds.begin_ns = std::max(bounds.begin_ns, sample.end_ns);
    }
    if (sample.end_ns <= window.end_ns) bounds.end_ns = std::max(bounds.end_ns, sample.end_ns);
  }
  return bounds;
}

// Whether nothing was left of the list when the window was complete: its end was not of a closed
// loop any more.
bool list_ended(const Execution& execution) {
  return std::ranges::all_of(execution.samples, [&](const Sample& sample) {
    if (!execution.steady) return sample.finishes > 0;
    return sample.outcome != Outcome::deadline && sample.end_ns <= execution.steady->end_ns;
  });
}

// The requests that ended within the window, and the service times of those that succeeded.
struct Ended {
  std::uint64_t requests = 0;
  Histogram times;
};

Ended ended_within(const Samples& samples, const Bounds& bounds) {
  Ended ended;
  for (const Sample& sample : samples) {
    const bool within = sample.end_ns > bounds.begin_ns && sample.end_ns <= bounds.end_ns;
    if (!within || !counts(sample)) continue;
    ++ended.requests;
    if (sample.outcome == Outcome::ok) ended.times.add(sample.end_ns - sample.start_ns);
  }
  return ended;
}

Bounds bounds_of(const Run& run, const Execution& execution) {
  const std::int64_t begin_ns = execution.header.ready_ns + run.steady->warm_up_ns;
  return {begin_ns, begin_ns + run.makespan_ns};
}

}  // namespace

bool is_left_over(const Sample& sample, const Execution& execution, const Scenario& scenario) {
  return scenario.mode == Mode::steady && execution.steady && sample.outcome == Outcome::deadline;
}

Timing within_window(const Execution& execution, const Timing& whole) {
  Timing timing = whole;
  // The list of requests is as long as it might have to be: not what the strategy needs.
  const auto list =
      static_cast<std::int64_t>(execution.samples.size() * (sizeof(Sample) + sizeof(Request)));
  timing.peak_memory_bytes = std::max<std::int64_t>(timing.peak_memory_bytes - list, 0);
  if (list_ended(execution)) {
    timing.doubts.push_back(
        fmt::format("the list of {} ended before the window was complete; give a larger -n",
                    counted(execution.samples.size(), "request")));
  }
  if (!execution.steady) return timing;
  const SteadyWindow& window = *execution.steady;
  const Bounds bounds = trimmed(execution.samples, window, execution.header.ready_ns);
  const Ended ended = ended_within(execution.samples, bounds);
  timing.steady = SteadyState{.warm_up_ns = bounds.begin_ns - execution.header.ready_ns,
                              .requests = ended.requests,
                              .ok = ended.times.count()};
  timing.latency_ns = latency_of(ended.times);
  timing.histogram = ended.times.buckets();
  timing.makespan_ns = bounds.end_ns - bounds.begin_ns;
  // CPU time was read at moments a little apart from the ends of requests.
  timing.cpu_ns =
      std::llround(static_cast<double>(window.cpu_ns) * static_cast<double>(timing.makespan_ns) /
                   static_cast<double>(window.end_ns - window.begin_ns));
  if (ended.requests == 0) {
    timing.doubts.emplace_back("no request ended while it was measured");
  }
  return timing;
}

// Which of its attempts ended it.
static unsigned last_attempt(const Sample& sample) {
  if (sample.hedged) return sample.hedge_won ? 1 : 0;
  return sample.attempts - 1U;
}

double window_latency_bound_ns(const Run& run, const Execution& execution, const Cell& cell,
                               const Scenario& scenario) {
  const auto [begin_ns, end_ns] = bounds_of(run, execution);
  double sum = 0;
  for (std::size_t i = 0; i < execution.samples.size(); ++i) {
    const Sample sample = execution.samples[i];
    if (sample.outcome != Outcome::ok || sample.end_ns <= begin_ns || sample.start_ns >= end_ns) {
      continue;
    }
    const HostBehaviour& host = host_of(scenario, i);
    const auto token = make_token(execution.token_seed, i);
    const auto hold = draw(host.delay, attempt_token(token, last_attempt(sample))) + host.rtt;
    const std::int64_t outside = std::max<std::int64_t>(begin_ns - sample.start_ns, 0) +
                                 std::max<std::int64_t>(sample.end_ns - end_ns, 0);
    sum += static_cast<double>(std::max<std::int64_t>(hold.count() - outside, 0));
  }
  return sum / cell.workers;
}

}  // namespace fanout
