#include "harness/judge/protocol.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/plan/plan.h"
#include "transports/verify.h"

namespace fanout {
namespace {

bool loses_no_connection(const HostBehaviour& host) {
  return host.close_after == 0 && host.faults.empty();
}

// Attempts that ended without an answer.
std::uint64_t unanswered(const Run& run) {
  std::uint64_t count = 0;
  for (const auto* outcomes : {&run.errors, &run.retries}) {
    for (const auto& [name, times] : *outcomes) {
      if (name != outcome_name(Outcome::bad_status)) count += times;
    }
  }
  return count;
}

// Whether every request was answered on the connection that it began on.
bool keeps_connections(const Run& run, const Scenario& scenario) {
  return scenario.reuse && unanswered(run) == 0 &&
         std::ranges::all_of(scenario.server().hosts, loses_no_connection);
}

}  // namespace

std::vector<std::string> doubts_about_protocol(const Execution& execution, const Run& run,
                                               const Cell& cell, const Scenario& scenario) {
  std::vector<std::string> doubts;
  if (!execution.served || !execution.server || cell.http == HttpVersion::http1) return doubts;
  const ServerCounters& server = *execution.server;
  const Http2Counters http2 = server.http2.value_or(Http2Counters());
  // Those on which no TLS came about spoke nothing, and answered nothing.
  if (http2.connections + unanswered(run) < server.connections) {
    doubts.push_back(fmt::format("{} of {} spoke no HTTP/2", server.connections - http2.connections,
                                 counted(server.connections, "connection")));
  }
  if (!keeps_connections(run, scenario)) return doubts;
  const std::uint64_t shared = expected_connections(cell, scenario);
  const bool fewer = cell.connections > 0 && hosts_of(scenario) == 1 &&
                     run.requests.attempts >= cell.workers && http2.connections < shared;
  if (http2.connections > shared || fewer) {
    doubts.push_back(fmt::format("opened {}, its requests are to share {}",
                                 counted(http2.connections, "connection"), shared));
  }
  const std::uint64_t at_once = streams_of(cell) * (scenario.hedge.budget > 0 ? 2ULL : 1ULL);
  if (http2.peak_streams > at_once) {
    doubts.push_back(fmt::format("{} were in flight at once on one connection, {} are to share one",
                                 counted(http2.peak_streams, "request"), at_once));
  }
  return doubts;
}

}  // namespace fanout
