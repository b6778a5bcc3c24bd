#include "harness/plan/references.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "harness/catalogue/pairing.h"
#include "harness/plan/prediction.h"
#include "harness/scenario/capacity_steps.h"
#include "harness/statistics/ranking.h"
#include "strategies/registry.h"
#include "transports/registry.h"

namespace fanout {
namespace {

// A cell once more, the one that takes least time (of several, that with the most workers, then the
// one that connects least): what differs between the two is noise. Nobody else's server is asked
// for that.
void add_twin(Plan& plan, const Scenario& scenario) {
  if (scenario.real_targets() != nullptr) return;
  const auto cost = [&](const Cell& cell) {
    return std::tuple(predicted_run(cell, scenario), -static_cast<int>(cell.workers),
                      expected_connections(cell, scenario));
  };
  const Cell* least = nullptr;
  for (const Cell& cell : plan.cells) {
    if (cell.scenario != scenario.name || !has_network(cell) || is_external(cell)) continue;
    if (least == nullptr || cost(cell) < cost(*least)) least = &cell;
  }
  if (least != nullptr) plan.references.push_back({Role::twin, *least});
}

// How many requests make a ceiling: at least those of the scenario; more, as long as they need no
// connections of their own, to last about as long as the clock and the scheduler do not matter.
std::uint64_t ceiling_requests(const Scenario& scenario) {
  constexpr std::uint64_t kEnough = 20'000;
  constexpr std::uint64_t kMostBytes = 256 << 20;  // of bodies
  if (!scenario.reuse) return std::min(scenario.requests, kEnough);
  std::uint64_t largest = std::max<std::uint64_t>(scenario.request_body_bytes, 1);
  for (const HostBehaviour& host : scenario.server().hosts) {
    largest = std::max(largest, host.body_bytes);
  }
  const std::uint64_t enough = std::min(kEnough, kMostBytes / largest);
  // The list of mode steady is as long as it might get.
  return scenario.mode == Mode::steady ? enough : std::max(scenario.requests, enough);
}

// The least client of a version: a bare epoll loop, or the library that speaks HTTP/2 alone.
const Transport& floor_transport(HttpVersion version) {
  if (version == HttpVersion::http2) {
    return **std::ranges::find(transports(), false, &Transport::http1);
  }
  return **std::ranges::find(transports(), Suite::floor, &Transport::suite);
}

const Strategy& first_strategy_for(const Transport& transport) {
  return **std::ranges::find_if(strategies(), [&](const Strategy* strategy) {
    return std::holds_alternative<RunPair>(pair_up(*strategy, transport));
  });
}

// What the least client of this version costs on this scenario, and how fast its server is with
// that client; with the most workers that are compared. Over HTTP/2, one connection costs least.
void add_floor_and_ceiling(Plan& plan, const Scenario& scenario, HttpVersion version) {
  const Transport& transport = floor_transport(version);
  if (scenario.real_targets() != nullptr || (!transport.tls && speaks_tls(scenario))) return;
  unsigned workers = 0;
  for (const Cell& cell : plan.cells) {
    if (cell.scenario == scenario.name && cell.http == version && has_network(cell) &&
        !is_external(cell)) {
      workers = std::max(workers, cell.workers);
    }
  }
  if (workers == 0) return;
  Cell cell{.strategy = std::string(first_strategy_for(transport).name),
            .transport = std::string(transport.name),
            .stack = std::string(transport.stack),
            .scenario = scenario.name,
            .workers = workers,
            .http = version,
            .connections = version == HttpVersion::http2 && scenario.reuse ? 1U : 0U};
  plan.references.push_back({Role::floor, cell});
  cell.scenario = ceiling_name(scenario.name);
  plan.references.push_back({Role::ceiling, cell});
}

}  // namespace

std::string ceiling_name(std::string_view scenario) { return fmt::format("{} at once", scenario); }

Scenario ceiling_scenario(const Scenario& scenario) {
  Scenario bare;
  bare.name = ceiling_name(scenario.name);
  bare.requests = ceiling_requests(scenario);
  bare.method = scenario.method;
  bare.request_body_bytes = scenario.request_body_bytes;
  bare.body = scenario.body;
  bare.reuse = scenario.reuse;
  bare.headers = scenario.headers;
  bare.answered_by = scenario.server();
  for (HostBehaviour& host : bare.server().hosts) {
    HostBehaviour at_once;
    at_once.body_bytes = host.body_bytes;
    at_once.body_sizes = host.body_sizes;
    at_once.status = host.status;
    at_once.tls = host.tls;
    at_once.http2 = host.http2;
    host = at_once;
  }
  return bare;
}

// Whether it is a variant that shares verdicts, and so references, with its base.
bool is_held_against_base(const Plan& plan, const Scenario& scenario) {
  const auto base = std::ranges::find(plan.scenarios, scenario.variant_of, &Scenario::name);
  return base != plan.scenarios.end() && is_same_task(scenario, *base);
}

void add_references(Plan& plan) {
  for (const Scenario& scenario : plan.scenarios) {
    if (plan.rounds < kLeastRoundsToRank || is_held_against_base(plan, scenario)) continue;
    add_twin(plan, scenario);
    // What a server refuses depends on its client, so that no floor of it holds for another.
    if (has_limits(scenario)) continue;
    for (const auto& [name, version] : kHttpVersionNames) {
      add_floor_and_ceiling(plan, scenario, version);
    }
  }
  add_ceilings(plan);
}

void add_ceilings(Plan& plan) {
  for (const Scenario& scenario : plan.scenarios) {
    const std::string name = ceiling_name(scenario.name);
    const bool wanted = std::ranges::any_of(plan.references, [&](const Reference& one) {
      return one.role == Role::ceiling && one.cell.scenario == name;
    });
    if (wanted) plan.ceilings.push_back(ceiling_scenario(scenario));
  }
}

void add_opponents(Plan& plan) {
  std::vector<Reference> theirs;
  const auto add = [&](Role role, Cell cell) {
    cell.by_other_build = true;
    theirs.push_back({role, std::move(cell)});
  };
  for (const Cell& cell : plan.cells) {
    if (!is_external(cell)) add(Role::against, cell);
  }
  for (const auto& [role, cell] : plan.references) {
    if (role == Role::twin) add(Role::against_twin, cell);
  }
  plan.references.insert(plan.references.end(), theirs.begin(), theirs.end());
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::twin:
      return "A/A twin";
    case Role::floor:
      return "client floor";
    case Role::ceiling:
      return "server ceiling";
    case Role::against:
      return "the other build";
    case Role::against_twin:
      return "the other build's A/A twin";
  }
  return {};
}

}  // namespace fanout
