#include "harness/judge/open_loop.h"

#include <algorithm>
#include <vector>

#include "harness/judge/latency.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

// Less than this share of the offered rate is a queue that grows ...
constexpr double kKept = 0.99;
// ... unless requests are so little late that a busy machine explains it.
constexpr std::int64_t kLateForSure = 10'000'000;

// How far the run fell behind by its end: at the request of its last tenth that came closest to
// being begun in time, so that a short halt is not taken for a growing queue.
struct Keeping {
  double share = 1;  // of the schedule: when it was due / when it was begun
  std::int64_t late_ns = 0;
};

Keeping keeping(const Samples& samples, std::span<const std::int64_t> due_ns,
                std::int64_t ready_ns) {
  std::size_t begun = samples.size();
  while (begun > 0 && samples[begun - 1].attempts == 0) --begun;
  Keeping best{.share = 0};
  for (std::size_t i = begun - begun / 10; i < begun; ++i) {
    if (samples[i].attempts == 0 || due_ns[i] == 0) continue;
    const std::int64_t late = std::max<std::int64_t>(samples[i].start_ns - ready_ns - due_ns[i], 0);
    const auto due = static_cast<double>(due_ns[i]);
    const double share = due / (due + static_cast<double>(late));
    if (share > best.share) best = {share, late};
  }
  return best.share == 0 ? Keeping{} : best;  // too few to tell
}

bool falls_behind(const Keeping& kept) { return kept.share < kKept && kept.late_ns > kLateForSure; }

// When each request ended, and when it would have without any wait but the delay it was to have;
// from ready() on, both ascending. Only of those that succeeded at once.
struct Ends {
  std::vector<std::int64_t> real_ns;
  std::vector<std::int64_t> ideal_ns;
};

Ends ends_of(const Execution& execution, std::span<const std::int64_t> due_ns,
             const Scenario& scenario) {
  Ends ends;
  for (std::size_t i = 0; i < due_ns.size(); ++i) {
    const Sample sample = execution.samples[i];
    if (sample.outcome != Outcome::ok || sample.attempts != 1) continue;
    const HostBehaviour& host = host_of(scenario, i);
    const auto hold = draw(host.delay, make_token(execution.token_seed, i)) + host.rtt;
    ends.real_ns.push_back(sample.end_ns - execution.header.ready_ns);
    ends.ideal_ns.push_back(due_ns[i] + hold.count());
  }
  std::ranges::sort(ends.real_ns);
  std::ranges::sort(ends.ideal_ns);
  return ends;
}

// A client with as many workers as requests begins all in time, however late they end: so the k-th
// end is held against the k-th that was to be, within the last tenth as above. A lag that was half
// as long in the first half of the run already is a wait, but no queue that grows.
Keeping completions(const Execution& execution, std::span<const std::int64_t> due_ns,
                    const Scenario& scenario) {
  if (!execution.served) return {};
  const Ends ends = ends_of(execution, due_ns, scenario);
  const std::size_t count = ends.real_ns.size();
  std::vector<std::int64_t> lags;
  Keeping best{.share = 0};
  for (std::size_t k = 0; k < count; ++k) {
    const std::int64_t late = std::max<std::int64_t>(ends.real_ns[k] - ends.ideal_ns[k], 0);
    if (k < count / 2) lags.push_back(late);
    if (k < count - count / 10 || ends.ideal_ns[k] == 0) continue;
    const auto ideal = static_cast<double>(ends.ideal_ns[k]);
    const double share = ideal / (ideal + static_cast<double>(late));
    if (share > best.share) best = {share, late};
  }
  if (best.share == 0 || lags.empty()) return {};
  std::ranges::nth_element(lags, lags.begin() + std::ssize(lags) / 2);
  return best.late_ns > 2 * lags[lags.size() / 2] ? best : Keeping{};
}

}  // namespace

std::optional<Responses> responses_of(const Execution& execution, const Scenario& scenario) {
  const Samples& samples = execution.samples;
  const Schedule schedule = schedule_of(scenario, execution.token_seed);
  const auto due_ns = due_times(schedule, samples.size());
  const std::int64_t ready_ns = execution.header.ready_ns;
  if (due_ns.empty() || ready_ns == 0) return std::nullopt;
  Histogram histogram;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].outcome == Outcome::ok) histogram.add(samples[i].end_ns - ready_ns - due_ns[i]);
  }
  const double offered = due_ns.back() == 0 ? schedule.rate
                                            : static_cast<double>(samples.size() - 1) * 1e9 /
                                                  static_cast<double>(due_ns.back());
  const Keeping begun = keeping(samples, due_ns, ready_ns);
  const Keeping ended = completions(execution, due_ns, scenario);
  return Responses{.figures = {.offered_per_second = offered,
                               .achieved_per_second = offered * std::min(begun.share, ended.share),
                               .response_ns = latency_of(histogram),
                               .response_histogram = histogram.buckets()},
                   .saturated = falls_behind(begun) || falls_behind(ended)};
}

ScheduleBound schedule_bound(const Run& run, const Execution& execution, const Scenario& scenario) {
  const Samples& samples = execution.samples;
  const auto due_ns = due_times(schedule_of(scenario, execution.token_seed), samples.size());
  if (due_ns.empty()) return {};
  // At the deadline the rest is given up.
  if (run.errors.contains(std::string(outcome_name(Outcome::deadline)))) return {};
  const std::size_t last = samples.size() - 1;
  const auto due = static_cast<double>(due_ns[last]);
  ScheduleBound bound{due, due};
  if (execution.served && run.requests.failed == 0 && samples[last].attempts == 1) {
    const HostBehaviour& host = host_of(scenario, last);
    const auto hold = draw(host.delay, make_token(execution.token_seed, last)) + host.rtt;
    bound.last_end_ns += static_cast<double>(hold.count());
  }
  return bound;
}

}  // namespace fanout
