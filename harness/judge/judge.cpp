#include "harness/judge/judge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "harness/judge/attempts.h"
#include "harness/judge/latency.h"
#include "harness/judge/limiter.h"
#include "harness/judge/open_loop.h"
#include "harness/judge/program_claims.h"
#include "harness/judge/steady_state.h"
#include "harness/machine/usage.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// Efficiency is a bound divided by a measurement; more than clock error above 1 is a bug of ours.
constexpr double kMaxEfficiency = 1.01;

void count_requests(Run& run, const Execution& execution, const Scenario& scenario) {
  std::uint64_t unanswered = 0;
  std::uint64_t repeated = 0;
  for (const Sample& sample : execution.samples) {
    if (sample.starts == 0 || sample.finishes == 0) ++unanswered;
    if (sample.starts > 1 || sample.finishes > 1) ++repeated;
    if (is_left_over(sample, execution, scenario)) continue;
    ++run.requests.total;
    if (sample.outcome == Outcome::ok) {
      ++run.requests.ok;
    } else {
      ++run.errors[std::string(outcome_name(sample.outcome))];
    }
  }
  run.requests.failed = run.requests.total - run.requests.ok;
  if (unanswered > 0) {
    run.reasons.push_back(
        fmt::format("{} of {} requests have no outcome", unanswered, run.requests.total));
  }
  if (repeated > 0) {
    run.reasons.push_back(counted(repeated, "request") + " issued or recorded more than once");
  }
}

// Where the embedded server takes no part, it acts out no faults. The end of mode steady is a
// deadline.
Scenario scenario_met(const Execution& execution, Scenario scenario) {
  if (execution.steady) {
    scenario.deadline =
        std::chrono::nanoseconds(execution.steady->end_ns - execution.header.ready_ns);
  }
  if (!execution.served) scenario.server.hosts.assign(scenario.server.hosts.size(), {});
  return scenario;
}

// Attempts that ended otherwise than the scenario makes them end. What real targets answer is a
// result, unless it is nothing at all.
void check_attempts(Run& run, const Execution& execution, const Attempts& attempts,
                    const Scenario& scenario) {
  const char* of = attempts.made > run.requests.total ? "attempt" : "request";
  const auto complain = [&](const char* what, const std::map<std::string, std::uint64_t>& by) {
    std::uint64_t sum = 0;
    std::vector<std::string> classes;
    for (const auto& [name, count] : by) {
      sum += count;
      classes.push_back(fmt::format("{} {}", count, name));
    }
    if (sum > 0) {
      run.reasons.push_back(
          fmt::format("{} {}: {}", counted(sum, of), what, fmt::join(classes, ", ")));
    }
  };
  if (!scenario.targets) {
    complain("failed", attempts.failed);
    complain("did not end as the scenario makes them end", attempts.not_as_due);
  } else if (run.requests.ok == 0) {
    of = "request";
    complain("failed, none succeeded", run.errors);
  }
  of = "request";
  complain("ended without an attempt, or as given up before the deadline",
           unfounded_ends(scenario, execution.samples, execution.header.ready_ns));
  run.requests.attempts = attempts.made;
  run.retries = attempts.retried;
  for (const auto& [name, count] : run.retries) run.requests.retried += count;
}

void measure_latency(Run& run, std::span<const Sample> samples) {
  Histogram histogram;
  for (const Sample& sample : samples) {
    if (sample.outcome == Outcome::ok) histogram.add(sample.end_ns - sample.start_ns);
  }
  run.latency_ns = latency_of(histogram);
  run.histogram = histogram.buckets();
}

void measure_process(Run& run, const Execution& execution, const Cell& cell) {
  const CellHeader& header = execution.header;
  if (header.ready_ns != 0) {
    std::int64_t last_end_ns = header.ready_ns;
    for (const Sample& sample : execution.samples) {
      last_end_ns = std::max(last_end_ns, sample.end_ns);
    }
    run.makespan_ns = last_end_ns - header.ready_ns;
    run.setup_ns = header.ready_ns - execution.started_ns;
  }
  if (header.finished != 0) run.cpu_ns = header.cpu_at_end_ns - header.cpu_at_ready_ns;
  if (run.cpu_ns < 0) {
    run.reasons.emplace_back("less CPU time at its end than when ready: not all was counted");
    run.cpu_ns = 0;
  }
  if (execution.exit) run.process_cpu_ns = cpu_ns(execution.exit->usage);
  if (is_external(cell)) run.process_cpu_ns = header.cpu_at_end_ns;  // without its supervisor's
  run.program = header.program;
  run.voluntary_switches = header.voluntary_switches;
  run.involuntary_switches = header.involuntary_switches;
  run.peak_memory_bytes = header.peak_memory_bytes;
  run.threads = header.threads;
  run.processes = header.processes;
  run.queue_peak = header.queue_peak;
}

// Waiting for a CPU, and what of it was not of our own making.
void measure_waits(Run& run, const Execution& execution) {
  const CellHeader& header = execution.header;
  const std::int64_t server_cpu_ns = run.server ? run.server->cpu_ns : 0;
  run.host = execution.host;
  if (header.finished != 0 && header.main_wait_ns >= 0) {
    const ThreadTimes main_thread{header.main_cpu_ns, header.main_wait_ns};
    const std::int64_t cpu_ns = header.cpu_at_end_ns - header.cpu_at_ready_ns;
    run.host.run_queue_wait_ns = main_thread.wait_ns;
    run.host.foreign_wait_ns = foreign_wait_ns(
        std::span(&main_thread, 1), cpu_ns + (execution.cpus_shared ? server_cpu_ns : 0));
  }
  if (!execution.server_threads.empty()) {
    std::int64_t server_threads_ns = 0;
    run.host.server_run_queue_wait_ns = 0;
    for (const ThreadTimes& thread : execution.server_threads) {
      server_threads_ns += thread.cpu_ns;
      *run.host.server_run_queue_wait_ns += thread.wait_ns;
    }
    const std::int64_t foreign_ns =
        foreign_wait_ns(execution.server_threads,
                        server_threads_ns + (execution.cpus_shared ? run.process_cpu_ns : 0));
    run.host.foreign_wait_ns = std::max(run.host.foreign_wait_ns.value_or(0), foreign_ns);
  }
  if (is_noisy(run.host, run.setup_ns, running_ns(run), execution.machine_cpus)) {
    run.flags.emplace_back("noisy");
  }
}

std::string what_it_printed(const Execution& execution) {
  const std::string text = on_one_line(execution.standard_error);
  return text.empty() ? text : ": " + text;
}

void check_process(Run& run, const Execution& execution, const Cell& cell) {
  const CellHeader& header = execution.header;
  if (!execution.failure.empty()) run.reasons.push_back(execution.failure);
  if (header.error[0] != '\0') {
    run.reasons.push_back(on_one_line(header.error));
    run.reasons.back() += what_it_printed(execution);
  } else if (execution.exit && execution.exit->status != 0) {
    const std::string reason = "its process ended with " + describe_exit(execution.exit->status);
    run.reasons.push_back(reason + what_it_printed(execution));
  }
  if (header.finished == 0) return;
  if (header.ready_calls != 1) {
    run.reasons.push_back(
        fmt::format("the strategy called ready() {} times, not once", header.ready_calls));
  }
  if (header.children_left != 0) {
    run.reasons.emplace_back(
        is_external(cell)
            ? "the program left processes behind that it did not await"
            : "the strategy left worker processes unreaped: their CPU is not counted");
  }
  for (const Sample& sample : execution.samples) {
    if (sample.starts != 0 && sample.start_ns < header.ready_ns) {
      run.reasons.emplace_back("a request was issued before ready()");
      break;
    }
  }
}

void check_server(Run& run, const Execution& execution, const Cell& cell, const Attempts& attempts,
                  const Scenario& scenario) {
  if (!execution.served) return;
  if (!execution.server) {
    run.reasons.push_back("no counters from the server: nothing proves the answers");
    return;
  }
  const ServerCounters& server = *execution.server;
  run.server = server;
  // The server may not know yet that a client has left when its next request arrives.
  if (server.peak_in_flight > cell.workers + server.abandoned) {
    run.reasons.push_back(fmt::format("{} requests were in flight at once, {} are allowed",
                                      server.peak_in_flight, cell.workers));
  }
  const auto lines = contradictions(attempts, server);
  run.reasons.insert(run.reasons.end(), lines.begin(), lines.end());
  if (!is_external(cell)) return;
  const auto doubts = contradicted_by_server(execution, scenario);
  run.reasons.insert(run.reasons.end(), doubts.begin(), doubts.end());
}

std::uint64_t count_of(const std::map<std::string, std::uint64_t>& by, Outcome outcome) {
  const auto found = by.find(std::string(outcome_name(outcome)));
  return found == by.end() ? 0 : found->second;
}

// The time that attempts kept their workers, over all workers, and the longest of them: those that
// were answered as long as the server measured, those that timed out until their limit. Nor does
// a run in which requests met the deadline end before it. (Limits are kept to the millisecond.)
// With one fixed delay and no failures requests also go in ceil(N / W) whole waves of that delay.
double latency_bound_ns(const Run& run, const Cell& cell, const Scenario& scenario) {
  constexpr double kMs = 1e6;
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
  if (count_of(run.errors, Outcome::deadline) > 0) {
    longest = std::max(longest, static_cast<double>(scenario.deadline.count()) - kMs);
  }
  const double bound = std::max(sum / cell.workers, longest);
  const Delay& delay = scenario.server.hosts[0].delay;
  const bool whole_waves = scenario.server.hosts.size() == 1 && delay.kind == Delay::Kind::fixed &&
                           run.requests.failed == 0 && server.answered == scenario.requests;
  if (!whole_waves) return bound;
  const double waves = std::ceil(answered / cell.workers);
  return std::max(bound, waves * static_cast<double>(delay.mean.count()));
}

// Names the limit and computes the bound; called for runs that are otherwise believed.
void bound(Run& run, const Execution& execution, const Cell& cell, const Scenario& scenario) {
  const auto makespan = static_cast<double>(run.makespan_ns);
  if (makespan <= 0) return;
  double latency_ns = run.server ? latency_bound_ns(run, cell, scenario) : 0;
  if (run.steady && run.server) {
    latency_ns = window_latency_bound_ns(run, execution, cell, scenario);
  }
  const ScheduleBound schedule = schedule_bound(run, execution, scenario);
  const double cpu_share = static_cast<double>(run.cpu_ns) / execution.client_cpus / makespan;
  if (!scenario.targets) {  // nobody knows how long those take
    run.bound_ns = std::llround(
        std::max({latency_ns, schedule.last_end_ns, std::min(cpu_share, 1.0) * makespan}));
    run.efficiency = static_cast<double>(run.bound_ns) / makespan;
  }
  if (run.efficiency.value_or(0) > kMaxEfficiency) {
    run.reasons.push_back(
        fmt::format("efficiency {:.3f}: faster than its lower bound, so a measurement is wrong",
                    *run.efficiency));
  }
  name_limit(run, busy_shares(run, execution, cell, scenario,
                              {.latency_ns = latency_ns, .schedule_ns = schedule.last_due_ns}));
}

}  // namespace

Run judge(const Execution& execution, const Cell& cell, const Scenario& scenario) {
  Run run;
  check_process(run, execution, cell);
  count_requests(run, execution, scenario);
  measure_latency(run, execution.samples);
  measure_process(run, execution, cell);
  measure_responses(run, execution, scenario);
  measure_window(run, execution, scenario);
  const Scenario met = scenario_met(execution, scenario);
  const Attempts attempts = account(met, execution.samples, execution.token_seed);
  check_attempts(run, execution, attempts, met);
  check_server(run, execution, cell, attempts, scenario);
  measure_waits(run, execution);
  if (is_external(cell)) add_what_it_printed(run, execution.standard_error);
  name_exhaustion(run);
  if (run.reasons.empty()) bound(run, execution, cell, scenario);
  run.valid = run.reasons.empty();
  return run;
}

}  // namespace fanout
