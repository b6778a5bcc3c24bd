#include "harness/print/published_table.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harness/analysis/contenders.h"
#include "harness/analysis/originals.h"
#include "harness/print/render_tables.h"

namespace fanout {
namespace {

using Align = Column::Align;

double nanoseconds(const Published& published) {
  return static_cast<double>(published.makespan.count());
}

// The article's own program, rerun on this server.
std::string original_text(const Report& report, const Scenario& scenario,
                          const Published& published) {
  Cell like;
  like.scenario = scenario.name;
  like.workers = published.workers;
  const CellReport* cell = program_cell(report, published.peer, like);
  if (cell == nullptr || cell->summary.valid_runs == 0) return "-";
  return interval_text(cell->summary.makespan_ns, format_duration);
}

// `cell` is null if the strategy was not run with so many workers.
std::vector<std::string> row_of(const Published& published, const std::string& original,
                                const CellReport* cell) {
  const bool valid = cell != nullptr && cell->summary.valid_runs > 0;
  const bool both = published.makespan.count() > 0 && valid;
  return {published.name,
          published.makespan.count() > 0 ? format_duration(nanoseconds(published)) : "-",
          published.peer.empty() ? "-" : published.peer,
          original,
          cell == nullptr ? "-" : cell->cell.strategy,
          cell == nullptr ? "-" : transport_text(cell->cell),
          std::to_string(published.workers),
          valid ? interval_text(cell->summary.makespan_ns, format_duration) : "-",
          both ? fmt::format("{:.2f}", cell->summary.makespan_ns.median / nanoseconds(published))
               : "-"};
}

}  // namespace

Table published_table(const Report& report, const Scenario& scenario) {
  Table table{.columns = {{"as published", Align::left},
                          {"published"},
                          {"its program", Align::left},
                          {"rerun here"},
                          {"strategy", Align::left},
                          {"transport", Align::left},
                          {"workers"},
                          {"ours here"},
                          {"ratio"}},
              .rows = {}};
  if (scenario.mode != Mode::batch) return table;  // articles say how long a whole list takes
  for (const Published& published : scenario.published) {
    const std::string original = original_text(report, scenario, published);
    bool found = false;
    for (const CellReport& cell : report.cells) {
      if (cell.cell.scenario == scenario.name && cell.cell.strategy == published.strategy &&
          cell.cell.workers == published.workers && !is_beside(report, cell.cell)) {
        table.rows.push_back(row_of(published, original, &cell));
        found = true;
      }
    }
    if (!found && original != "-") table.rows.push_back(row_of(published, original, nullptr));
  }
  return table;
}

}  // namespace fanout
