#include "harness/analysis/reference_figures.h"

#include <algorithm>
#include <string>
#include <vector>

#include "harness/plan/references.h"

namespace fanout {
namespace {

const Run* valid_run(const CellReport& cell, unsigned round) {
  const auto found = std::ranges::find_if(
      cell.runs, [&](const Run& run) { return run.valid && run.round == round; });
  return found == cell.runs.end() ? nullptr : &*found;
}

}  // namespace

const CellReport* reference_of(const Report& report, std::string_view scenario, Role role,
                               std::optional<HttpVersion> version) {
  const std::string ceiling = ceiling_name(scenario);
  if (role == Role::ceiling) scenario = ceiling;
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    const Reference& planned = report.plan.references[i];
    const bool speaks = !version || planned.cell.http == *version;
    if (speaks && planned.role == role && planned.cell.scenario == scenario) {
      return &report.references[i];
    }
  }
  return nullptr;
}

std::optional<Interval> cpu_ratio(const CellReport& cell, const CellReport& other) {
  std::vector<double> ratios;
  for (const Run& run : cell.runs) {
    const Run* beside = run.valid ? valid_run(other, run.round) : nullptr;
    if (beside == nullptr || beside->cpu_ns <= 0) continue;
    ratios.push_back(cpu_us_per_request(run) / cpu_us_per_request(*beside));
  }
  if (ratios.empty()) return std::nullopt;
  return median_interval(std::move(ratios));
}

std::optional<Interval> cpu_x_floor(const Report& report, const CellReport& cell) {
  const CellReport* floor = reference_of(report, cell.cell.scenario, Role::floor, cell.cell.http);
  if (floor == nullptr || !has_network(cell.cell)) return std::nullopt;
  return cpu_ratio(cell, *floor);
}

}  // namespace fanout
