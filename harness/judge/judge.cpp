#include "harness/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/judge/bound.h"
#include "harness/judge/failures.h"
#include "harness/judge/limiter.h"
#include "harness/judge/limits_met.h"
#include "harness/judge/open_loop.h"
#include "harness/judge/program_claims.h"
#include "harness/judge/protocol.h"
#include "harness/judge/requests.h"
#include "harness/judge/steady_state.h"
#include "harness/judge/timing.h"
#include "harness/judge/waits.h"
#include "harness/judge/work.h"
#include "harness/machine/usage.h"

namespace fanout {
namespace {

using Reasons = std::vector<std::string>;

void append(auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); }

std::string printed_by(const Execution& execution) {
  const std::string text = on_one_line(execution.standard_error);
  return text.empty() ? text : ": " + text;
}

// What the run's process did that a believed run does not.
Reasons doubts_about_process(const Execution& execution, const Cell& cell) {
  const CellHeader& header = execution.header;
  Reasons doubts;
  if (!execution.failure.empty()) doubts.push_back(execution.failure);
  if (header.error[0] != '\0') {
    doubts.push_back(on_one_line(header.error) + printed_by(execution));
  } else if (execution.exit && execution.exit->status != 0) {
    doubts.push_back("its process ended with " + describe_exit(execution.exit->status) +
                     printed_by(execution));
  }
  if (header.finished == 0) return doubts;
  if (header.ready_calls != 1) {
    doubts.push_back(
        fmt::format("the strategy called ready() {} times, not once", header.ready_calls));
  }
  if (header.children_left != 0) {
    doubts.emplace_back(
        is_external(cell)
            ? "the program left processes behind that it did not await"
            : "the strategy left worker processes unreaped: their CPU is not counted");
  }
  if (execution.samples.first_start_ns() < header.ready_ns)
    doubts.emplace_back("a request was issued before ready()");
  return doubts;
}

// What the embedded server counted otherwise than the client.
Reasons doubts_from_server(const Execution& execution, const Cell& cell, const Attempts& attempts,
                           const Scenario& scenario) {
  if (!execution.served) return {};
  if (!execution.server) return {"no counters from the server: nothing proves the answers"};
  const ServerCounters& server = *execution.server;
  Reasons doubts;
  // The server may not know yet that a client has left when its next request arrives.
  const std::uint64_t allowed =
      cell.workers + std::min<std::uint64_t>(attempts.hedged, cell.workers);
  if (server.peak_in_flight > allowed + server.abandoned) {
    doubts.push_back(fmt::format("{} requests were in flight at once, {} are allowed",
                                 server.peak_in_flight, allowed));
  }
  append(doubts, contradictions(attempts, server));
  if (is_external(cell)) append(doubts, contradicted_by_server(execution, scenario));
  return doubts;
}

// What the run's process was, and used besides the timed part.
void add_process(Run& run, const Execution& execution, const Cell& cell) {
  const CellHeader& header = execution.header;
  if (header.ready_ns != 0) run.setup_ns = header.ready_ns - execution.started_ns;
  if (execution.exit) run.process_cpu_ns = cpu_ns(execution.exit->usage);
  if (is_external(cell)) run.process_cpu_ns = header.cpu_at_end_ns;  // without its supervisor's
  run.program = header.program;
  run.context_switches = {header.voluntary_switches, header.involuntary_switches};
  run.threads = header.threads;
  run.processes = header.processes;
  if (header.queue_peak > 0) run.queue_peak = header.queue_peak;
}

void add_requests(Run& run, const CountedRequests& counted, const Attempts& attempts) {
  run.requests = {.total = counted.total,
                  .ok = counted.ok,
                  .failed = counted.total - counted.ok,
                  .attempts = attempts.made,
                  .retried = 0};
  run.errors = counted.errors;
  run.retries = attempts.retried;
  for (const auto& [name, count] : run.retries) run.requests.retried += count;
}

void add_failures(Run& run, const Execution& execution, const Scenario& scenario) {
  run.status_counts = count_statuses(execution);
  run.failures = failure_kinds(execution, scenario);
  each_failed(execution, scenario, [&](FailedRequest failed) {
    run.failed_requests.push_back(std::move(failed));
    return run.failed_requests.size() < kNamedFailures;
  });
}

void add_connections(Run& run, const ConnectionNotes& notes) {
  const std::uint32_t spoken = notes.tls_versions;
  if ((spoken & ConnectionNotes::kTls12) != 0) run.tls_versions.emplace_back("TLS 1.2");
  if ((spoken & ConnectionNotes::kTls13) != 0) run.tls_versions.emplace_back("TLS 1.3");
  run.redirects = notes.redirects;
  const PhaseSums& sums = notes.phases;
  if (sums.answers == 0 && notes.syns_resent == 0) return;
  const auto mean = [&](const std::atomic<std::int64_t>& sum) {
    return static_cast<double>(sum) / static_cast<double>(std::max<std::uint64_t>(sums.answers, 1));
  };
  run.phases = Phases{.connect_ns = mean(sums.connect_ns),
                      .handshake_ns = mean(sums.handshake_ns),
                      .first_byte_ns = mean(sums.first_byte_ns),
                      .body_ns = mean(sums.body_ns),
                      .syns_resent = notes.syns_resent};
}

void add_timing(Run& run, const Timing& timing) {
  run.makespan_ns = timing.makespan_ns;
  run.cpu_ns = timing.cpu_ns;
  run.peak_memory_bytes = timing.peak_memory_bytes;
  run.latency_ns = timing.latency_ns;
  run.histogram = timing.histogram;
  run.steady = timing.steady;
}

// The flags of what disturbed a run whose figures are all known.
std::vector<Flag> disturbances(const Run& run, const Execution& execution,
                               const std::optional<Responses>& responses) {
  std::vector<Flag> flags;
  if (responses && responses->saturated) flags.push_back(Flag::saturated);
  if (run.steady && !execution.steady->settled) flags.push_back(Flag::unsteady);
  if (is_throttled(run.host, run.setup_ns, running_ns(run))) flags.push_back(Flag::throttled);
  if (is_noisy(run.host, run.setup_ns, running_ns(run), execution.machine_cpus)) {
    flags.push_back(Flag::noisy);
  }
  return flags;
}

// Bound, efficiency and limit of a run that nothing speaks against so far.
void add_bound(Run& run, const Execution& execution, const Attempts& attempts, const Cell& cell,
               const Scenario& scenario) {
  if (run.makespan_ns <= 0) return;
  const Bound bound = bound_of(run, execution, attempts, cell, scenario);
  run.bound_ns = bound.ns;
  run.efficiency = bound.efficiency;
  if (!bound.doubt.empty()) run.reasons.push_back(bound.doubt);
  const Limited limited = limit_of(run, busy_shares(run, execution, cell, scenario, bound.waits));
  append(run.flags, limited.flags);
  if (run.limited_by == Limit::none) run.limited_by = limited.by;
}

}  // namespace

Run judge(const Execution& execution, const Cell& cell, const Scenario& scenario) {
  const CountedRequests counted = count_requests(execution, scenario);
  const Attempts attempts =
      account(scenario_met(execution, scenario, cell), execution.samples, execution.token_seed);
  const Timing whole = whole_run(execution);
  const Timing timing = scenario.mode == Mode::steady ? within_window(execution, whole) : whole;
  const std::optional<Responses> responses = responses_of(execution, scenario);

  Run run;
  add_process(run, execution, cell);
  add_requests(run, counted, attempts);
  run.requests.body_bytes = counted.body_bytes;
  if (!is_external(cell)) run.requests.connected = counted.connected;
  add_failures(run, execution, scenario);
  if (execution.connection_notes != nullptr) add_connections(run, *execution.connection_notes);
  add_timing(run, timing);
  if (execution.served) run.server = execution.server;
  if (attempts.hedged > 0) run.hedges = Hedges{attempts.hedged, attempts.hedges_won};
  run.work = work_met(execution, cell, scenario);
  run.retries_denied = execution.retries_denied;
  run.limits = limits_met(execution, run, attempts, scenario);
  if (responses) run.open = responses->figures;
  run.host = conditions_of(execution, run.process_cpu_ns);

  // Causes come before what follows from them.
  append(run.reasons, doubts_about_process(execution, cell));
  append(run.reasons, counted.doubts);
  append(run.reasons, timing.doubts);
  append(run.reasons, doubts_about_attempts(execution, counted, attempts, scenario));
  append(run.reasons, doubts_about_work(execution, cell, scenario, counted.ok, counted.body_bytes));
  append(run.reasons, doubts_from_server(execution, cell, attempts, scenario));
  append(run.reasons, doubts_about_protocol(execution, run, cell, scenario));
  if (is_external(cell)) {
    const std::string printed = what_it_printed(run.reasons, execution.standard_error);
    if (!printed.empty()) run.reasons.push_back(printed);
  }

  const Limited exhausted = exhaustion_of(run);
  run.flags = disturbances(run, execution, responses);
  append(run.flags, exhausted.flags);
  if (execution.samples.tally()) run.flags.push_back(Flag::tallied);
  run.limited_by = exhausted.by;
  if (run.reasons.empty()) add_bound(run, execution, attempts, cell, scenario);
  run.valid = run.reasons.empty();
  return run;
}

}  // namespace fanout
