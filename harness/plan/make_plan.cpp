#include "harness/plan/make_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/units.h"
#include "harness/catalogue/names.h"
#include "harness/catalogue/pairing.h"
#include "harness/plan/capacity.h"
#include "harness/plan/lineup.h"
#include "harness/plan/protocol_cells.h"
#include "strategies/registry.h"
#include "transports/registry.h"

namespace fanout {
namespace {

// Whether a strategy is paired with a transport when the user names no transports: with those that
// hold the HTTP library fixed; and the first strategy that fits, with another library's as well.
bool in_default_suite(const Strategy& strategy, const Transport& transport,
                      std::span<const Strategy* const> chosen) {
  const auto pairs = [&](const Strategy* row) {
    return std::holds_alternative<RunPair>(pair_up(*row, transport));
  };
  switch (transport.suite) {
    case Suite::none:
    case Suite::floor:
      return false;
    case Suite::same_stack:
      return pairs(&strategy);
    case Suite::other_stack:
      break;
  }
  const auto first = std::ranges::find_if(chosen, pairs);
  return first != chosen.end() && *first == &strategy;
}

// Why the cell cannot run; nothing: it can.
std::optional<WhySkipped> why_not(const Strategy& strategy, const Transport& transport,
                                  const Scenario& scenario, const Cell& cell,
                                  const MachineLimits& limits) {
  const auto pairing = pair_up(strategy, transport);
  if (const auto* impossible = std::get_if<Impossible>(&pairing)) {
    return WhySkipped{Skip::impossible, impossible->reason};
  }
  if (auto fault = fault_of(transport); !fault.empty()) {
    return WhySkipped{Skip::unusable, std::move(fault)};
  }
  if (auto lack = lacks_protocol(strategy, transport, scenario, cell)) return lack;
  if (scenario.real_targets() != nullptr && !has_network(cell)) {
    return WhySkipped{Skip::no_network, "has no network: real targets would be sent nothing"};
  }
  if (keeps_bodies(scenario) && !has_network(cell)) {
    return WhySkipped{Skip::no_network, "has no network: there are no bodies to keep or work on"};
  }
  if (!transport.tls && speaks_tls(scenario)) {
    return WhySkipped{Skip::no_tls, "speaks no TLS, as this scenario does"};
  }
  if (!transport.follows && follows(scenario)) {
    return WhySkipped{Skip::no_redirects,
                      fmt::format("{} follows no redirects, as --follow asks", transport.stack)};
  }
  if (scenario.hedge.budget > 0 && !drives_loop(strategy)) {
    return WhySkipped{
        Skip::impossible,
        fmt::format("{} blocks a worker until the answer; a hedge needs an event loop",
                    strategy.name)};
  }
  if (auto lack = lacks_memory(cell, scenario, strategy.bytes_per_request, limits)) return lack;
  const bool client_each = !drives_loop(strategy);
  return lacks_capacity(cell, scenario, client_each ? transport.client_descriptors : 0, limits);
}

// Whether it is said of a transport that it does not speak this version: where nobody named the
// transport, or it speaks another one that is asked for, its cells are those that it can have.
bool is_left_out(const Transport& transport, const Scenario& scenario, HttpVersion version) {
  if (speaks(transport, version)) return false;
  const bool named =
      std::ranges::find(scenario.transports, transport.name) != scenario.transports.end();
  return !named || std::ranges::any_of(scenario.protocols.versions,
                                       [&](HttpVersion other) { return speaks(transport, other); });
}

// Adds the cells of one row, one per version of HTTP and number of connections.
void add_cells(Plan& plan, const Scenario& scenario, const Strategy& strategy,
               const Transport& transport, Cell cell, const MachineLimits& limits) {
  std::set<std::string> said;  // that something is impossible, whatever the protocol
  for (const Protocol& protocol : protocols_of(scenario, strategy, cell.workers)) {
    if (is_left_out(transport, scenario, protocol.http)) continue;
    cell.http = protocol.http;
    cell.connections = protocol.connections;
    auto why = why_not(strategy, transport, scenario, cell, limits);
    if (!why) {
      plan.cells.push_back(cell);
    } else if (said.insert(why->text).second) {
      plan.skipped.push_back({cell, std::move(*why)});
    }
  }
}

// Adds the cells of one strategy and transport, for each number of workers.
void add_cells(Plan& plan, const Scenario& scenario, const Strategy& strategy,
               const Transport& transport, const MachineLimits& limits) {
  const bool adaptive = strategy.concurrency == Concurrency::adaptive;
  for (const unsigned workers : scenario.workers) {
    if (adaptive && workers != scenario.workers.back()) continue;  // it finds its own number
    const bool one = strategy.concurrency == Concurrency::one;
    add_cells(plan, scenario, strategy, transport,
              {.strategy = std::string(strategy.name),
               .transport = std::string(transport.name),
               .stack = std::string(transport.stack),
               .scenario = scenario.name,
               .workers = one ? 1 : workers},
              limits);
    if (one) return;
  }
}

// Whether the protocol of external programs knows the method.
bool is_told_of(const Method& method) {
  return method == Method::get || method == Method::head || method == Method::post;
}

// Whether some whole answers of the embedded server have another status than the right one.
bool may_answer_wrongly(const Scenario& scenario) {
  return std::ranges::any_of(scenario.server().hosts, [](const HostBehaviour& host) {
    return host.limit || std::ranges::find(host.faults, FaultKind::status, &FaultShare::kind) !=
                             host.faults.end();
  });
}

// Why an external program cannot run the cell, whatever the machine is.
std::string why_not(const Program& program, const Scenario& scenario) {
  constexpr std::uint64_t kMostAtOnce = 5'000;
  if (scenario.real_targets() != nullptr)
    return "nothing proves what an external program asks of real targets";
  if (scenario.mode != Mode::batch) return "external programs know mode batch only";
  if (scenario.retry.retries > 0) return "external programs make no retries, as this scenario does";
  if (scenario.hedge.budget > 0 || scenario.max_rate > 0 || scenario.per_host > 0) {
    return "external programs know no hedge, max_rate and per_host, as this scenario does";
  }
  if (!scenario.body.empty() || !is_told_of(scenario.method)) {
    return "external programs are told of GET, HEAD and POST, and of no body but its length";
  }
  if (keeps_bodies(scenario)) {
    return "external programs are not told to keep bodies, nor to work on them, as this scenario "
           "does";
  }
  if (scenario.work.any() && !program.works) {
    return fmt::format("{} spends no CPU time on answers, as this scenario does", program.name);
  }
  if (scenario.work.any() && may_answer_wrongly(scenario)) {
    return "external programs cannot tell the answers to work on from those of faults and limits";
  }
  if (program.in_flight == Program::InFlight::all && scenario.requests > kMostAtOnce) {
    return fmt::format("begins all requests at once; make at most {} (-n)",
                       format_count(kMostAtOnce));
  }
  return {};
}

// The numbers of workers a program is run with.
std::vector<unsigned> workers_of(const Program& program, const Scenario& scenario) {
  if (program.in_flight == Program::InFlight::one) return {1};
  if (program.in_flight == Program::InFlight::workers) return scenario.workers;
  return {static_cast<unsigned>(std::max<std::uint64_t>(1, scenario.requests))};
}

// The cells of an external program: one per number of workers, version and connections.
std::vector<Cell> cells_of(const Program& program, const Scenario& scenario) {
  std::vector<Cell> cells;
  for (const unsigned workers : workers_of(program, scenario)) {
    for (const Protocol& protocol : protocols_of(scenario, program, workers)) {
      cells.push_back({.strategy = program.name,
                       .transport = std::string(kOwnStack),
                       .stack = std::string(kOwnStack),
                       .scenario = scenario.name,
                       .workers = workers,
                       .http = protocol.http,
                       .connections = protocol.connections});
    }
  }
  return cells;
}

void add_program(Plan& plan, const Scenario& scenario, const Program& program,
                 const MachineLimits& limits, const FindProgram& find) {
  const std::string never = why_not(program, scenario);
  const FoundProgram found = find ? find(program) : FoundProgram{program.command, {}};
  bool runs = false;
  for (const Cell& cell : cells_of(program, scenario)) {
    std::optional<WhySkipped> why = lacks_capacity(cell, scenario, 0, limits);
    if (auto lack = lacks_memory(cell, scenario, 0, limits)) why = std::move(lack);
    if (auto lack = lacks_protocol(program, scenario, cell)) why = std::move(lack);
    const bool is_http2 = cell.http == HttpVersion::http2;
    if (is_http2 && !found.lacks_for_http2.empty() && !why) {
      why = WhySkipped{Skip::not_installed, found.lacks_for_http2};
    }
    if (!found.lacks.empty()) why = WhySkipped{Skip::not_installed, found.lacks};
    if (!never.empty()) why = WhySkipped{Skip::impossible, never};
    runs = runs || !why;
    if (why) {
      plan.skipped.push_back({cell, std::move(*why)});
    } else {
      plan.cells.push_back(cell);
    }
  }
  if (runs && std::ranges::find(plan.programs, program.name, &PlannedProgram::name) ==
                  plan.programs.end()) {
    plan.programs.push_back({program.name, found.command, program.imitates});
  }
}

void add_scenario(Plan& plan, const Scenario& scenario, std::span<const Program> externals,
                  const MachineLimits& limits, const FindProgram& find) {
  const Lineup entrants = lineup(scenario, externals);
  const bool named = !scenario.transports.empty();
  const auto over =
      named
          ? find_rows("transport", std::span<const std::string>(scenario.transports), transports())
          : std::vector<const Transport*>(transports().begin(), transports().end());
  for (const Strategy* strategy : entrants.strategies) {
    for (const Transport* transport : over) {
      if (named || in_default_suite(*strategy, *transport, entrants.strategies)) {
        add_cells(plan, scenario, *strategy, *transport, limits);
      }
    }
  }
  for (const Program* program : entrants.programs)
    add_program(plan, scenario, *program, limits, find);
}

// Of those that were skipped, one that says most of what the user could do otherwise: not that two
// rows never go together, unless all are so.
const Skipped& telling(const std::vector<Skipped>& skipped) {
  const auto other = std::ranges::find_if(
      skipped, [](const Skipped& one) { return one.why.kind != Skip::impossible; });
  return other == skipped.end() ? skipped.front() : *other;
}

}  // namespace

Plan make_plan(const Selection& selection, const MachineLimits& limits, const FindProgram& find) {
  Plan plan;
  for (Scenario& scenario : select_scenarios(selection)) {
    if (std::ranges::find(plan.scenarios, scenario.name, &Scenario::name) != plan.scenarios.end()) {
      throw UsageError(fmt::format("scenario \"{}\" is named twice; name it once", scenario.name));
    }
    add_scenario(plan, scenario, selection.externals, limits, find);
    plan.scenarios.push_back(std::move(scenario));
  }
  if (plan.cells.empty()) {
    const std::string reason = plan.skipped.empty() ? "" : ": " + telling(plan.skipped).why.text;
    throw NothingToRun("nothing to run" + reason + "; see fanout list cells",
                       std::move(plan.skipped));
  }
  return plan;
}

}  // namespace fanout
