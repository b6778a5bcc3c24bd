#include "harness/references.h"

#include <utility>

#include "harness/ranking.h"

namespace fanout {
namespace {

// A cell once more, the one that takes least time (of several, the one that connects least): what
// differs between the two is noise.
void add_twin(Plan& plan, const Scenario& scenario) {
  const auto cost = [&](const Cell& cell) {
    return std::pair(predicted_run(cell, scenario), expected_connections(cell, scenario));
  };
  const Cell* least = nullptr;
  for (const Cell& cell : plan.cells) {
    if (cell.scenario != scenario.name || cell.stack == "none") continue;
    if (!least || cost(cell) < cost(*least)) least = &cell;
  }
  if (least) plan.references.push_back({Role::twin, *least});
}

}  // namespace

void add_references(Plan& plan) {
  for (const Scenario& scenario : plan.scenarios) {
    if (plan.rounds >= kLeastRoundsToRank) add_twin(plan, scenario);
  }
}

const CellReport* reference_of(const Report& report, std::string_view scenario, Role role) {
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    const Reference& planned = report.plan.references[i];
    if (planned.role == role && planned.cell.scenario == scenario) return &report.references[i];
  }
  return nullptr;
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::twin:
      return "A/A twin";
  }
  return {};
}

}  // namespace fanout
