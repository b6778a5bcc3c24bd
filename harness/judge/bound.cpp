#include "harness/judge/bound.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/judge/open_loop.h"
#include "harness/judge/steady_state.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// Efficiency is a bound divided by a measurement; more than clock error above 1 is a bug of ours.
constexpr double kMaxEfficiency = 1.01;

std::uint64_t count_of(const std::map<std::string, std::uint64_t>& by, Outcome outcome) {
  const auto found = by.find(std::string(outcome_name(outcome)));
  return found == by.end() ? 0 : found->second;
}

// With one fixed delay and no failures requests go in ceil(N / W) whole waves of that delay; 0
// where they do not.
double whole_waves_ns(const Run& run, const Cell& cell, const Scenario& scenario) {
  const auto& hosts = scenario.server().hosts;
  const bool whole = hosts.size() == 1 && hosts[0].delay.kind == Delay::Kind::fixed &&
                     run.requests.failed == 0 && !run.hedges &&
                     run.server->answered == scenario.requests;
  if (!whole) return 0;
  const double waves = std::ceil(static_cast<double>(run.server->answered) / cell.workers);
  // The work on an answer may go on beside the next wave, but for that of the last.
  return waves * static_cast<double>(hosts[0].delay.mean.count()) +
         static_cast<double>(scenario.work.cpu.count());
}

// The time that attempts kept their workers, over all workers, and the longest of them: those that
// were answered as long as the server measured, those that timed out until their limit. A run in
// which requests met the deadline lasts until then; what the server held for longer its client had
// given up. (Limits are kept to the millisecond.)
double latency_bound_ns(const Run& run, const Cell& cell, const Scenario& scenario) {
  constexpr double kMs = 1e6;
  if (count_of(run.errors, Outcome::deadline) > 0) {
    return static_cast<double>(scenario.deadline.count()) - kMs;
  }
  const ServerCounters& server = *run.server;
  const auto timed_out = static_cast<double>(count_of(run.errors, Outcome::timeout) +
                                             count_of(run.retries, Outcome::timeout));
  const double limit = static_cast<double>(scenario.timeout.count()) - kMs;
  // Where the server also answered some that had timed out, how much is left for the others is not
  // known.
  const auto answered = static_cast<double>(server.answered);
  const bool known =
      timed_out == 0 || answered + timed_out <= static_cast<double>(run.requests.attempts);
  const double sum = (known ? answered * server.hold_ns.mean : 0) + timed_out * limit;
  double longest = std::max(server.hold_ns.mean, static_cast<double>(server.hold_ns.max));
  longest = std::min(longest, limit);
  if (timed_out > 0) longest = std::max(longest, limit);
  // Both attempts of a hedged request may have been answered.
  const double at_once = cell.workers * (run.hedges ? 2.0 : 1.0);
  return std::max({sum / at_once, longest, whole_waves_ns(run, cell, scenario)});
}

// The least time in which the rates that hosts allow let as much through as came through.
double quota_bound_ns(const Attempts& attempts, const Scenario& scenario) {
  double longest = 0;
  for (std::size_t i = 0; i < scenario.server().hosts.size(); ++i) {
    const auto& limit = scenario.server().hosts[i].limit;
    if (limit) longest = std::max(longest, least_time_ns(*limit, attempts.taken_on[i]));
  }
  return longest;
}

}  // namespace

Bound bound_of(const Run& run, const Execution& execution, const Attempts& attempts,
               const Cell& cell, const Scenario& scenario) {
  const auto makespan = static_cast<double>(run.makespan_ns);
  double latency_ns = 0;
  double quota_ns = 0;
  if (run.server) {
    if (!run.steady) quota_ns = quota_bound_ns(attempts, scenario);
    latency_ns = run.steady ? window_latency_bound_ns(run, execution, cell, scenario)
                            : latency_bound_ns(run, cell, scenario);
  }
  const ScheduleBound schedule = schedule_bound(run, execution, scenario);
  Bound bound;
  bound.waits = {
      .latency_ns = latency_ns, .schedule_ns = schedule.last_due_ns, .quota_ns = quota_ns};
  if (scenario.real_targets() != nullptr) return bound;  // nobody knows how long those take
  const double cpu_share = static_cast<double>(run.cpu_ns) / execution.client_cpus / makespan;
  bound.ns = std::llround(
      std::max({latency_ns, quota_ns, schedule.last_end_ns, std::min(cpu_share, 1.0) * makespan}));
  bound.efficiency = static_cast<double>(bound.ns) / makespan;
  if (*bound.efficiency > kMaxEfficiency) {
    bound.doubt =
        fmt::format("efficiency {:.3f}: faster than its lower bound, so a measurement is wrong",
                    *bound.efficiency);
  }
  return bound;
}

}  // namespace fanout
