#include "harness/plan/plan.h"

#include <algorithm>

#include "base/text.h"
#include "harness/catalogue/names.h"
#include "harness/catalogue/program.h"
#include "strategies/registry.h"
#include "wire/token.h"

namespace fanout {
namespace {

// How long a client of the cell lives. A user's own program is taken to keep connections where it
// may, which is the least it can do.
ClientLife client_life_of(const Cell& cell) {
  if (!is_external(cell)) {
    return find_row("strategy", cell.strategy, strategies()).client_life;
  }
  const Program* peer = find_peer(cell.strategy);
  return peer == nullptr ? ClientLife::worker : peer->connections;
}

// Whether a row (as in round_order) is run by the other build.
bool is_opponent(const Plan& plan, std::size_t row) {
  return row >= plan.cells.size() && plan.references[row - plan.cells.size()].cell.by_other_build;
}

// By row: that of the other build which it is held against.
std::vector<std::optional<std::size_t>> opponents_of(const Plan& plan) {
  const std::size_t cells = plan.cells.size();
  std::vector<std::optional<std::size_t>> opponents(cells + plan.references.size());
  for (std::size_t i = 0; i < plan.references.size(); ++i) {
    const auto& [role, cell] = plan.references[i];
    if (!cell.by_other_build) continue;
    Cell ours = cell;
    ours.by_other_build = false;
    const auto is_twin = [&](const Reference& one) {
      return one.role == Role::twin && one.cell == ours;
    };
    const auto row = role == Role::against
                         ? std::ranges::find(plan.cells, ours) - plan.cells.begin()
                         : std::ranges::find_if(plan.references, is_twin) -
                               plan.references.begin() + std::ssize(plan.cells);
    const auto place = static_cast<std::size_t>(row);
    if (place < opponents.size()) opponents[place] = cells + i;
  }
  return opponents;
}

}  // namespace

Affinity affinity_for(const Plan& plan, unsigned cpus) {
  const bool works = std::ranges::any_of(plan.scenarios, [](const Scenario& scenario) {
    return scenario.work.any() && scenario.real_targets() == nullptr;
  });
  return works && cpus == 2 ? Affinity::shared : Affinity::isolated;
}

std::vector<std::size_t> round_order(const Plan& plan, unsigned round) {
  const std::size_t rows = plan.cells.size() + plan.references.size();
  const std::vector<std::optional<std::size_t>> opponents = opponents_of(plan);
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!is_opponent(plan, row)) order.push_back(row);
  }
  // Fisher and Yates; own numbers, because the standard shuffle differs between libraries.
  const std::uint64_t seed = mix64(plan.seed) + round;
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[make_token(seed, left) % left]);
  }
  std::vector<std::size_t> all;
  for (const std::size_t row : order) {
    all.push_back(row);
    if (!opponents[row]) continue;
    all.push_back(*opponents[row]);
    if (make_token(seed, rows + row) % 2 == 0) std::swap(all.back(), all[all.size() - 2]);
  }
  return all;
}

const Scenario& scenario_of(const Plan& plan, const Cell& cell) {
  const auto found = std::ranges::find(plan.scenarios, cell.scenario, &Scenario::name);
  if (found != plan.scenarios.end()) return *found;
  return *std::ranges::find(plan.ceilings, cell.scenario, &Scenario::name);
}

std::uint64_t attempts_in_flight(const Cell& cell, const Scenario& scenario) {
  return cell.workers * (scenario.hedge.budget > 0 ? 2ULL : 1ULL);
}

std::uint64_t held_connections(const Cell& cell, const Scenario& scenario) {
  const std::uint64_t workers = attempts_in_flight(cell, scenario);
  const std::uint64_t all = workers * hosts_of(scenario);
  if (is_external(cell)) return all;  // nobody tells a program how many to keep
  if (!scenario.reuse || client_life_of(cell) == ClientLife::request) return workers;
  if (cell.connections > 0) return cell.connections * hosts_of(scenario);  // however many are idle
  // Each worker's client keeps one at least.
  const std::uint64_t idle = std::max<std::uint64_t>(workers, max_idle_of(scenario, cell.workers));
  return std::min(all, workers + idle);
}

bool is_adaptive(const Cell& cell) {
  return !is_external(cell) &&
         find_row("strategy", cell.strategy, strategies()).concurrency == Concurrency::adaptive;
}

std::uint64_t expected_connections(const Cell& cell, const Scenario& scenario) {
  const bool anew = client_life_of(cell) == ClientLife::request;
  const std::uint64_t all =
      (cell.connections > 0 ? cell.connections : attempts_in_flight(cell, scenario)) *
      hosts_of(scenario);
  if (!scenario.reuse || anew || held_connections(cell, scenario) < all) return scenario.requests;
  return std::min<std::uint64_t>(scenario.requests, all);
}

}  // namespace fanout
