#include "harness/analysis/baseline.h"

#include <algorithm>
#include <vector>

namespace fanout {
namespace {

// Makespan and CPU per request: programs know mode batch only, and their tails are their own.
std::vector<const Measure*> measures_of_programs() {
  std::vector<const Measure*> found;
  for (const Measure& measure : measures()) {
    if (measure.name == "makespan" || measure.name == "cpu") found.push_back(&measure);
  }
  return found;
}

// The baseline's row beside which this one stands, or null.
const CellReport* baseline_of(const Report& report, const Cell& cell) {
  const auto found = std::ranges::find_if(report.cells, [&](const CellReport& row) {
    return row.cell.strategy == report.plan.baseline->program &&
           row.cell.scenario == cell.scenario && row.cell.workers == cell.workers;
  });
  return found == report.cells.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Changes> changes_from_baseline(const Report& report) {
  if (!report.plan.baseline) return std::nullopt;
  Report base = report;
  Report next = report;
  base.cells.clear();
  next.cells.clear();
  for (const CellReport& row : report.cells) {
    const auto& others = report.plan.baseline->others;
    if (std::ranges::find(others, row.cell.strategy) == others.end()) continue;
    next.cells.push_back(row);
    const CellReport* before = baseline_of(report, row.cell);
    if (before == nullptr) continue;
    base.cells.push_back(*before);
    base.cells.back().cell = row.cell;  // under one name they are a pair
  }
  if (base.cells.empty()) return std::nullopt;
  const std::vector<const Measure*> by = measures_of_programs();
  return compare_results(base, next, {by, report.plan.baseline->threshold}, Between::builds);
}

}  // namespace fanout
