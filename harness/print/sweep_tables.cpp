// The tables of sweeps over numbers of workers.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "base/units.h"
#include "harness/analysis/contenders.h"
#include "harness/print/render_tables.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string column_title(const Report& report, const Cell& cell) {
  std::set<std::string> transports;
  for (const CellReport& other : report.cells) {
    if (other.cell.strategy == cell.strategy) transports.insert(transport_text(other.cell));
  }
  if (transports.size() == 1) return cell.strategy;
  return cell.strategy + "/" + transport_text(cell) + (is_beside(report, cell) ? " *" : "");
}

// Whether a strategy was planned with several numbers of workers.
bool has_sweep(const Report& report, const Scenario& scenario) {
  return std::ranges::any_of(report.cells, [&](const CellReport& one) {
    return std::ranges::any_of(report.cells, [&](const CellReport& other) {
      return one.cell.scenario == scenario.name && other.cell.scenario == scenario.name &&
             is_same_row(one.cell, other.cell) && one.cell.workers != other.cell.workers;
    });
  });
}

// A figure that sweeps are looked at by.
struct SweepFigure {
  const char* title;
  const Interval* (*value)(const Summary&);  // null: unknown
  std::string (*text)(double);
};

const SweepFigure kSweepFigures[] = {
    {"makespan", [](auto& s) { return &s.makespan_ns; }, format_duration},
    {"requests per second", [](auto& s) { return &s.requests_per_second; }, format_number},
    {"efficiency", [](auto& s) { return s.efficiency ? &*s.efficiency : nullptr; },
     [](double v) { return fmt::format("{:.3f}", v); }},
    {"CPU us per request", [](auto& s) { return &s.cpu_us_per_request; }, format_number},
};

std::string swept_text(const Summary& summary, const SweepFigure& figure) {
  if (summary.total_runs == 0) return "-";  // its turn has not come
  if (summary.valid_runs == 0) return "invalid";
  const Interval* value = figure.value(summary);
  return value == nullptr ? "-" : interval_text(*value, figure.text);
}

// Workers down, strategies across.
Table sweep_table(const Report& report, const Scenario& scenario, const SweepFigure& figure) {
  Table table{.columns = {{"workers"}}, .rows = {}};
  std::map<unsigned, std::map<std::string, std::string>> texts;
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name) continue;
    const std::string title = column_title(report, cell.cell);
    if (std::ranges::find(table.columns, title, &Column::title) == table.columns.end()) {
      table.columns.push_back({title});
    }
    texts[cell.cell.workers][title] = swept_text(cell.summary, figure);
  }
  for (const auto& [workers, row] : texts) {
    table.rows.push_back({std::to_string(workers)});
    for (std::size_t i = 1; i < table.columns.size(); ++i) {
      const auto found = row.find(table.columns[i].title);
      table.rows.back().push_back(found == row.end() ? "" : found->second);
    }
  }
  return table;
}

// A slope below zero is noise around nothing.
std::string memory_per_worker(const Sweep& sweep) {
  if (!sweep.memory_bytes_per_worker) return "-";
  return format_bytes(std::max(sweep.memory_bytes_per_worker->median, 0.0));
}

}  // namespace

std::vector<SweepTable> sweep_tables(const Report& report, const Scenario& scenario) {
  if (!has_sweep(report, scenario)) return {};
  std::vector<SweepTable> tables;
  // Makespans, the first of them, tell cells apart in mode batch only.
  for (const SweepFigure& figure :
       std::span(kSweepFigures).subspan(scenario.mode == Mode::batch ? 0 : 1)) {
    const bool known = std::ranges::any_of(report.cells, [&](const CellReport& cell) {
      return cell.cell.scenario == scenario.name && figure.value(cell.summary) != nullptr;
    });
    if (known) tables.push_back({figure.title, sweep_table(report, scenario, figure)});
  }
  return tables;
}

Table knees_table(const Report& report, const std::vector<Sweep>& sweeps) {
  Table table{.columns = {{"strategy", Align::left},
                          {"transport", Align::left},
                          {"best"},
                          {"knee"},
                          {"W*"},
                          {"mem/W"},
                          {"peak", Align::left}},
              .rows = {}};
  for (const Sweep& sweep : sweeps) {
    const Cell& cell = sweep.at_knee;
    table.rows.push_back({cell.strategy,
                          transport_text(cell) + (is_beside(report, cell) ? " *" : ""),
                          std::to_string(sweep.best_workers),
                          std::to_string(sweep.knee_workers()) + (sweep.knee_at_end() ? "+" : ""),
                          sweep.model_knee_workers ? format_number(*sweep.model_knee_workers) : "-",
                          memory_per_worker(sweep), peak_in_words(sweep)});
  }
  return table;
}

}  // namespace fanout
