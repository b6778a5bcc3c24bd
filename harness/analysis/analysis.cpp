#include "harness/analysis/analysis.h"

#include <algorithm>

#include "harness/analysis/baseline.h"
#include "harness/analysis/reference_figures.h"

namespace fanout {
namespace {

CeilingFigures ceiling_of(const CellReport& row) {
  std::vector<double> costs;
  for (const Run& run : row.runs) {
    if (!run.valid || !run.server) continue;
    costs.push_back(static_cast<double>(run.server->cpu_ns) / 1e3 /
                    static_cast<double>(run.requests.total));
  }
  return {&row, median_interval(std::move(costs)).median};
}

ScenarioAnalysis analyse(const Report& report, const Scenario& scenario) {
  ScenarioAnalysis found;
  found.scenario = &scenario;
  found.verdicts = verdicts_of(report, scenario);
  found.program_verdicts = verdicts_of(report, scenario, Entry::programs);
  found.protocols = protocols_of(report, scenario);
  found.sweeps = sweeps_of(report, scenario);
  found.originals = originals(report, scenario);
  found.recommendation = recommend(report, scenario);
  if (found.recommendation && found.recommendation->answer.use) {
    Answer& answer = found.recommendation->answer;
    std::string line = best_version(found.protocols, *answer.use);
    if (!line.empty()) answer.lines.insert(answer.lines.begin(), std::move(line));
  }
  for (const auto& [name, version] : kHttpVersionNames) {
    const auto at = static_cast<std::size_t>(version);
    const CellReport* floor = reference_of(report, scenario.name, Role::floor, version);
    found.has_floor = found.has_floor || floor != nullptr;
    if (floor != nullptr && floor->summary.valid_runs > 0) found.floors[at] = floor;
    const CellReport* ceiling = reference_of(report, scenario.name, Role::ceiling, version);
    if (ceiling == nullptr || ceiling->summary.valid_runs == 0) continue;
    found.ceilings[at] = ceiling_of(*ceiling);
  }
  return found;
}

// Of a family its base's answer speaks, for the variants too.
void answer_for_all(Analysis& analysis, const Family& family) {
  const auto base = std::ranges::find(analysis.scenarios, family.base, &ScenarioAnalysis::scenario);
  if (!base->recommendation) base->recommendation.emplace().scenario = family.base->name;
  base->recommendation->answer = family.answer;
}

}  // namespace

bool has_failed_conditions(const Analysis& analysis) {
  return std::ranges::any_of(analysis.conditions, &Checked::failed);
}

bool has_regression(const Analysis& analysis) {
  return (analysis.against && has_regression(*analysis.against)) ||
         (analysis.baseline && has_regression(*analysis.baseline));
}

Analysis analyse(const Report& report) {
  Analysis analysis;
  for (const Scenario& scenario : report.plan.scenarios) {
    analysis.scenarios.push_back(analyse(report, scenario));
  }
  analysis.families = families_of(report);
  for (const Family& family : analysis.families) answer_for_all(analysis, family);
  for (const auto* rows : {&report.cells, &report.references}) {
    for (const CellReport& row : *rows) analysis.cpu_x_floor.push_back(cpu_x_floor(report, row));
  }
  analysis.conditions = check_conditions(report);
  analysis.against = changes_against_other(report);
  analysis.baseline = changes_from_baseline(report);
  return analysis;
}

}  // namespace fanout
