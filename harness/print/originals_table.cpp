#include "harness/print/originals_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/units.h"
#include "harness/analysis/originals.h"
#include "harness/print/render_tables.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string times_text(double value) { return fmt::format("{:.{}f}x", value, value < 10 ? 1 : 0); }

std::vector<std::string> row_of(const Original& original) {
  const auto figure = [](const CellReport& of, const Interval& value, std::string (*text)(double)) {
    return of.summary.valid_runs == 0 ? std::string("-") : text(value.median);
  };
  const auto makespan = [&](const CellReport& of) {
    return figure(of, of.summary.makespan_ns, format_duration);
  };
  const auto cpu = [&](const CellReport& of) {
    return figure(of, of.summary.cpu_us_per_request, format_number);
  };
  const auto& [cell, program, ratio] = original;
  return {program->cell.strategy,
          std::to_string(cell->cell.workers),
          makespan(*program),
          cpu(*program),
          cell->cell.strategy,
          transport_text(cell->cell),
          makespan(*cell),
          cpu(*cell),
          ratio ? interval_text(*ratio, times_text) : "-"};
}

}  // namespace

Table originals_table(const std::vector<Original>& originals) {
  Table table{.columns = {{"program", Align::left},
                          {"workers"},
                          {"makespan"},
                          {"CPU us/req"},
                          {"strategy", Align::left},
                          {"transport", Align::left},
                          {"makespan"},
                          {"CPU us/req"},
                          {"CPU, times less"}},
              .rows = {}};
  for (const Original& original : originals) {
    table.rows.push_back(row_of(original));
  }
  return table;
}

std::string render_programs(const Report& report) {
  if (std::ranges::none_of(report.cells, is_external, &CellReport::cell)) return {};
  std::vector<std::pair<std::string, std::set<std::string>>> by_platform;
  for (const CellReport& cell : report.cells) {
    for (const Run& run : cell.runs) {
      if (run.program.empty()) continue;
      auto known = std::ranges::find(by_platform, run.program, [](auto& one) { return one.first; });
      if (known == by_platform.end()) {
        known = by_platform.insert(known, {run.program, std::set<std::string>{}});
      }
      known->second.insert(cell.cell.strategy);
    }
  }
  std::string text =
      "own: an external program with an HTTP client of its own; not ranked with ours\n";
  for (const auto& [platform, names] : by_platform) {
    text += fmt::format("on {}: {}\n", platform, fmt::join(names, ", "));
  }
  return text;
}

}  // namespace fanout
