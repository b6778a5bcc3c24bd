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

// Whether every request was answered on the connection that it began on.
bool keeps_connections(const Run& run, const Scenario& scenario) {
  const auto is_answer = [](const auto& entry) {
    return entry.first == outcome_name(Outcome::bad_status);
  };
  return scenario.reuse && std::ranges::all_of(run.errors, is_answer) &&
         std::ranges::all_of(run.retries, is_answer) &&
         std::ranges::all_of(scenario.server().hosts, loses_no_connection);
}

// Requests that came over another version. A connection that is given up while it is being opened
// has spoken none yet.
std::string speakers_of_another(const ServerCounters& server, const Http2Counters& http2,
                                bool all_are_used) {
  if (all_are_used && http2.connections < server.connections) {
    return fmt::format("{} of {} spoke no HTTP/2", server.connections - http2.connections,
                       counted(server.connections, "connection"));
  }
  if (http2.streams >= server.requests) return {};
  return fmt::format("{} of {} came over no HTTP/2", server.requests - http2.streams,
                     counted(server.requests, "request"));
}

}  // namespace

std::vector<std::string> doubts_about_protocol(const Execution& execution, const Run& run,
                                               const Cell& cell, const Scenario& scenario) {
  std::vector<std::string> doubts;
  if (!execution.served || !execution.server || cell.http == HttpVersion::http1) return doubts;
  const ServerCounters& server = *execution.server;
  const Http2Counters http2 = server.http2.value_or(Http2Counters());
  const bool keeps = keeps_connections(run, scenario);
  doubts.push_back(speakers_of_another(server, http2, keeps && run.hedges == std::nullopt));
  std::erase(doubts, "");
  if (!keeps) return doubts;
  // Second attempts have room beside the first: without them, not all connections need be opened.
  // What is given up amid a handshake has its connection closed, and another is opened for it.
  const bool hedges = scenario.hedge.budget > 0;
  const std::uint64_t given_up = run.hedges ? run.hedges->sent : 0;
  const std::uint64_t shared = expected_connections(cell, scenario);
  const bool fewer = cell.connections > 0 && !hedges && hosts_of(scenario) == 1 &&
                     server.peak_in_flight >= cell.workers && http2.connections < shared;
  if (http2.connections > shared + given_up || fewer) {
    doubts.push_back(fmt::format("opened {}, its requests are to share {}",
                                 counted(http2.connections, "connection"), shared));
  }
  const std::uint64_t at_once = streams_of(cell) * (hedges ? 2ULL : 1ULL);
  if (http2.peak_streams > at_once) {
    doubts.push_back(fmt::format("{} were in flight at once on one connection, {} are to share one",
                                 counted(http2.peak_streams, "request"), at_once));
  }
  return doubts;
}

}  // namespace fanout
