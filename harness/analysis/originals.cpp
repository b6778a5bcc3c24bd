#include "harness/analysis/originals.h"

#include <algorithm>

#include "harness/analysis/reference_figures.h"

namespace fanout {

const CellReport* program_cell(const Report& report, std::string_view name, const Cell& like) {
  const auto found = std::ranges::find_if(report.cells, [&](const CellReport& row) {
    return is_external(row.cell) && row.cell.scenario == like.scenario &&
           row.cell.strategy == name && row.cell.workers == like.workers &&
           is_same_protocol(row.cell, like);
  });
  return found == report.cells.end() ? nullptr : &*found;
}

std::vector<Original> originals(const Report& report, const Scenario& scenario) {
  std::vector<Original> found;
  for (const PlannedProgram& program : report.plan.programs) {
    for (const CellReport& cell : report.cells) {
      const bool equal = program.imitates.empty() || cell.cell.strategy == program.imitates;
      if (cell.cell.scenario != scenario.name || !equal) continue;
      if (is_external(cell.cell) || !has_network(cell.cell)) continue;
      const CellReport* beside = program_cell(report, program.name, cell.cell);
      if (beside != nullptr) found.push_back({&cell, beside, cpu_ratio(*beside, cell)});
    }
  }
  return found;
}

}  // namespace fanout
