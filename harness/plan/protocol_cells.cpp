#include "harness/plan/protocol_cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace fanout {
namespace {

// How many clients share the connections, each with some of its own: loops, or else all workers.
unsigned clients_of(const Strategy& strategy, unsigned workers) {
  if (!drives_loop(strategy)) return workers;
  return strategy.loops == nullptr ? 1 : strategy.loops(workers);
}

bool has_own_connections(const Strategy& strategy, const Scenario& scenario) {
  return !drives_loop(strategy) || !scenario.reuse;
}

bool any_plain_host(const Scenario& scenario) {
  if (const RealTargets* const real = scenario.real_targets()) return !real->tls;
  return std::ranges::find(scenario.server().hosts, Tls::off, &HostBehaviour::tls) !=
         scenario.server().hosts.end();
}

// Those of the scenario's versions, over each number of connections, or over `by_default`.
std::vector<Protocol> protocols_over(const Scenario& scenario, unsigned workers,
                                     unsigned by_default) {
  std::vector<unsigned> shared = scenario.protocols.connections;
  if (shared.empty()) shared.push_back(by_default);
  if (std::ranges::find(shared, kOneForEach) != shared.end()) std::erase(shared, workers);
  std::vector<Protocol> protocols;
  for (const HttpVersion version : scenario.protocols.versions) {
    if (version == HttpVersion::http1) {
      protocols.push_back({});
      continue;
    }
    for (const unsigned connections : shared) protocols.push_back({version, connections});
  }
  return protocols;
}

bool is_httplib(const Scenario& scenario) {
  return scenario.real_targets() == nullptr && scenario.server().engine == EngineKind::httplib;
}

constexpr const char* kHttplib = "engine httplib speaks no HTTP/2; use engine asio";

std::optional<std::string> lacks_version(const Transport& transport, const Scenario& scenario,
                                         const Cell& cell) {
  if (cell.http == HttpVersion::http1) {
    if (transport.http1) return std::nullopt;
    return fmt::format("{} speaks HTTP/2 alone; give --http 2", transport.name);
  }
  if (!transport.http2)
    return fmt::format("{} speaks HTTP/1.1 alone; leave out --http 2", transport.name);
  if (is_httplib(scenario)) return kHttplib;
  if (transport.plain_http2_fault == nullptr || !any_plain_host(scenario)) return std::nullopt;
  const std::string fault = transport.plain_http2_fault();
  return fault.empty() ? std::nullopt : std::optional(fault);
}

// Whoever makes the requests.
std::optional<std::string> cannot_share(const Scenario& scenario, const Cell& cell) {
  if (cell.connections == 0) return std::nullopt;
  if (cell.connections > cell.workers) {
    return fmt::format("{} in flight cannot use {}; use as many or fewer",
                       counted(cell.workers, "request"), counted(cell.connections, "connection"));
  }
  if (scenario.reuse) return std::nullopt;
  return "each request opens a connection of its own (reuse is off)";
}

// How many connections it opens that fills each with its share of the requests.
unsigned filled_connections(const Cell& cell) {
  const unsigned streams = streams_of(cell);
  return (cell.workers + streams - 1) / streams;
}

std::optional<std::string> lacks_sharing(const Strategy& strategy, const Transport& transport,
                                         const Scenario& scenario, const Cell& cell) {
  if (cell.connections == 0) return std::nullopt;
  if (auto cannot = cannot_share(scenario, cell)) return cannot;
  if (transport.fills_connections && filled_connections(cell) != cell.connections) {
    return fmt::format("{} would open {} for {} in flight; use a number that divides them",
                       transport.name, counted(filled_connections(cell), "connection"),
                       counted(cell.workers, "request"));
  }
  const unsigned clients = clients_of(strategy, cell.workers);
  if (cell.connections % clients == 0) return std::nullopt;
  if (!drives_loop(strategy)) {
    return fmt::format("{} has a connection for each worker; give --connections workers",
                       strategy.name);
  }
  return fmt::format("{} has {} loops, with connections of their own; give a multiple of them",
                     strategy.name, clients);
}

}  // namespace

std::vector<Protocol> protocols_of(const Scenario& scenario, const Strategy& strategy,
                                   unsigned workers) {
  const bool own = has_own_connections(strategy, scenario);
  return protocols_over(scenario, workers, own ? kOneForEach : clients_of(strategy, workers));
}

std::optional<WhySkipped> lacks_protocol(const Strategy& strategy, const Transport& transport,
                                         const Scenario& scenario, const Cell& cell) {
  if (auto lack = lacks_version(transport, scenario, cell)) {
    return WhySkipped{Skip::no_version, std::move(*lack)};
  }
  if (auto lack = lacks_sharing(strategy, transport, scenario, cell)) {
    return WhySkipped{Skip::no_sharing, std::move(*lack)};
  }
  return std::nullopt;
}

std::vector<Protocol> protocols_of(const Scenario& scenario, const Program& program,
                                   unsigned workers) {
  std::vector<Protocol> asked = protocols_over(scenario, workers, scenario.reuse ? 1 : kOneForEach);
  std::vector<Protocol> spoken = asked;
  std::erase_if(spoken, [&](const Protocol& one) { return !speaks(program, one.http); });
  if (!spoken.empty()) return spoken;
  asked.resize(1);
  return asked;
}

std::optional<WhySkipped> lacks_protocol(const Program& program, const Scenario& scenario,
                                         const Cell& cell) {
  if (!speaks(program, cell.http)) {
    return WhySkipped{
        Skip::no_version,
        cell.http == HttpVersion::http1
            ? fmt::format("{} speaks HTTP/2 alone; give --http 2", program.name)
            : fmt::format("{} speaks HTTP/1.1 alone; leave out --http 2", program.name)};
  }
  if (cell.http == HttpVersion::http1) return std::nullopt;
  if (is_httplib(scenario)) return WhySkipped{Skip::no_version, kHttplib};
  if (auto cannot = cannot_share(scenario, cell)) {
    return WhySkipped{Skip::no_sharing, std::move(*cannot)};
  }
  return std::nullopt;
}

}  // namespace fanout
