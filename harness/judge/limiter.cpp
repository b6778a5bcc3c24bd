#include "harness/judge/limiter.h"

#include <algorithm>

#include "transports/verify.h"

namespace fanout {
namespace {

// A side is taken for the limit when it was busy for this share of the makespan or more.
constexpr double kBusyShare = 0.85;
// The main thread does all the work if it used at least this share of the CPU time.
constexpr double kAloneShare = 0.9;

// The CPUs that the threads of a run can keep busy.
unsigned usable_cpus(const Run& run, const Execution& execution, const Cell& cell) {
  const CellHeader& header = execution.header;
  const auto cpu_ns = static_cast<double>(run.cpu_ns);
  if (header.main_cpu_ns >= 0 && static_cast<double>(header.main_cpu_ns) >= kAloneShare * cpu_ns) {
    return execution.clients;
  }
  // Else the main thread waits for others. Those that are started later are not known when ready.
  const auto others =
      static_cast<unsigned>(std::max<std::int64_t>(0, header.threads - execution.clients));
  // Interpreters have threads of their own besides.
  const unsigned most = is_external(cell) ? cell.workers : others;
  const unsigned threads = others > 0 ? std::min(others, most) : cell.workers;
  return std::clamp(threads, 1U, std::max(1U, execution.client_cpus));
}

// How many threads of the server may have been busy at once: of an event loop, only one that has
// connections.
unsigned busy_threads(const ServerConfig& server, const ServerCounters& counters) {
  if (server.engine == EngineKind::httplib) return server.threads;
  const std::uint64_t loops = server.loops.value_or(1);
  return static_cast<unsigned>(std::min(loops, std::max<std::uint64_t>(1, counters.connections)));
}

// The server's part. Where a thread waits with each request (engine httplib) and there are fewer
// threads than workers, requests wait unread while all threads hold one: nobody's CPU is busy then.
double server_share(const Run& run, const Execution& execution, const Cell& cell,
                    const Scenario& scenario) {
  if (!run.server) return 0;
  const ServerConfig& server = scenario.server();
  const auto served_ns = static_cast<double>(running_ns(run));
  const unsigned threads = busy_threads(server, *run.server);
  const unsigned cpus = std::max(1U, std::min(threads, execution.server_cpus));
  const double busy = static_cast<double>(run.server->cpu_ns) / cpus / served_ns;
  if (server.engine != EngineKind::httplib || threads >= cell.workers) return busy;
  const double held_ns = static_cast<double>(run.server->answered) * run.server->hold_ns.mean;
  return std::max(busy, held_ns / threads / served_ns);
}

bool ended_in(const Run& run, Outcome outcome) {
  const std::string name(outcome_name(outcome));
  return run.errors.contains(name) || run.retries.contains(name);
}

}  // namespace

BusyShares busy_shares(const Run& run, const Execution& execution, const Cell& cell,
                       const Scenario& scenario, const Waits& waits) {
  const auto makespan = static_cast<double>(run.makespan_ns);
  return {.schedule = waits.schedule_ns / makespan,
          .quota = waits.quota_ns / makespan,
          .latency = waits.latency_ns / makespan,
          .client = static_cast<double>(run.cpu_ns) / usable_cpus(run, execution, cell) / makespan,
          .server = server_share(run, execution, cell, scenario)};
}

Limited limit_of(const Run& run, const BusyShares& shares) {
  Limited limited;
  const bool latency = shares.latency >= kBusyShare;
  const bool client = shares.client >= kBusyShare;
  const bool server = shares.server >= kBusyShare;
  const bool overflowed = run.server && run.host.listen_overflows.value_or(0) > 0;
  const bool quota = shares.quota >= kBusyShare;
  if (quota) limited.flags.push_back(Flag::quota_bound);
  if (latency) limited.flags.push_back(Flag::latency_bound);
  if (client) limited.flags.push_back(Flag::client_bound);
  if (server || overflowed) limited.flags.push_back(Flag::server_bound);
  if (shares.schedule >= kBusyShare && !has_flag(run, Flag::saturated)) {
    limited.by = Limit::rate;
  } else if (quota) {
    limited.by = Limit::quota;
  } else if (latency) {
    limited.by = Limit::latency;
  } else if (server && shares.server >= shares.client) {
    limited.by = Limit::server;
  } else if (client) {
    limited.by = Limit::client;
  }
  return limited;
}

Limited exhaustion_of(const Run& run) {
  Limited limited;
  if (ended_in(run, Outcome::no_port)) limited = {Limit::ports, {Flag::port_limited}};
  if (ended_in(run, Outcome::no_descriptor)) {
    limited.by = Limit::descriptors;
    limited.flags.push_back(Flag::fd_limited);
  }
  return limited;
}

}  // namespace fanout
