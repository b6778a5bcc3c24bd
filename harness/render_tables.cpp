#include "harness/render_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/units.h"
#include "harness/sweep.h"

namespace fanout {
namespace {

using Align = Column::Align;

// A column: how it is called and what it says of a cell.
struct CellColumn {
  Column column;
  std::function<std::string(const CellReport&)> text;
};

std::string with_interval(const Interval& value, std::string (*text)(double)) {
  if (!value.low) return text(value.median);
  return fmt::format("{} [{}, {}]", text(value.median), text(*value.low), text(*value.high));
}

// Half the interval's width relative to the median, in words a table has room for.
std::string spread(const Interval& value) {
  if (!value.low || value.median == 0) return "-";
  const double half = (*value.high - *value.low) / 2 / value.median;
  return fmt::format("±{:.{}f}%", half * 100, half < 0.1 ? 1 : 0);
}

// What every row answers: how fast, how sure, at what cost, how connected, limited by what, proven?
std::vector<CellColumn> cell_columns(const Report& report) {
  const auto measured = [](auto text) {
    return [text](const CellReport& cell) {
      return cell.summary.valid_runs == 0 ? std::string("-") : text(cell.summary);
    };
  };
  return {
      {{"strategy", Align::left}, [](const CellReport& c) { return c.cell.strategy; }},
      {{"transport", Align::left},
       [&report](const CellReport& c) {
         return c.cell.transport + (is_other_stack(report, c.cell) ? " *" : "");
       }},
      {{"workers"}, [](const CellReport& c) { return std::to_string(c.cell.workers); }},
      {{"makespan"}, measured([](auto& s) { return format_duration(s.makespan_ns.median); })},
      {{"95%"}, measured([](auto& s) { return spread(s.makespan_ns); })},
      {{"req/s"}, measured([](auto& s) { return format_number(s.requests_per_second.median); })},
      {{"effic."}, measured([](auto& s) { return fmt::format("{:.3f}", s.efficiency.median); })},
      {{"p50"}, measured([](auto& s) { return format_duration(s.latency_p50_ns.median); })},
      {{"p99"}, measured([](auto& s) { return format_duration(s.latency_p99_ns.median); })},
      {{"CPU us/req"},
       measured([](auto& s) { return format_number(s.cpu_us_per_request.median); })},
      {{"95%"}, measured([](auto& s) { return spread(s.cpu_us_per_request); })},
      {{"memory"}, measured([](auto& s) { return format_bytes(s.peak_memory_bytes.median); })},
      {{"conns"}, measured([](auto& s) { return format_count(s.connections); })},
      {{"in flight"}, measured([](auto& s) { return format_count(s.peak_in_flight); })},
      {{"limit", Align::left},
       measured([](auto& s) { return s.limited_by.empty() ? std::string("-") : s.limited_by; })},
      {{"proven"},
       [](const CellReport& c) {
         return fmt::format("{}/{}", c.summary.valid_runs, c.summary.total_runs);
       }},
  };
}

std::string column_title(const Report& report, const Cell& cell) {
  std::set<std::string> transports;
  for (const CellReport& other : report.cells) {
    if (other.cell.strategy == cell.strategy) transports.insert(other.cell.transport);
  }
  if (transports.size() == 1) return cell.strategy;
  return cell.strategy + "/" + cell.transport + (is_other_stack(report, cell) ? " *" : "");
}

// Whether a strategy was planned with several numbers of workers.
bool has_sweep(const Report& report, const Scenario& scenario) {
  return std::ranges::any_of(report.cells, [&](const CellReport& one) {
    return std::ranges::any_of(report.cells, [&](const CellReport& other) {
      return one.cell.scenario == scenario.name && other.cell.scenario == scenario.name &&
             one.cell.strategy == other.cell.strategy &&
             one.cell.transport == other.cell.transport && one.cell.workers != other.cell.workers;
    });
  });
}

// A figure that sweeps are looked at by.
struct SweepFigure {
  const char* title;
  Interval Summary::*value;
  std::string (*text)(double);
};

const SweepFigure kSweepFigures[] = {
    {"makespan", &Summary::makespan_ns, format_duration},
    {"requests per second", &Summary::requests_per_second, format_number},
    {"efficiency", &Summary::efficiency, [](double v) { return fmt::format("{:.3f}", v); }},
    {"CPU us per request", &Summary::cpu_us_per_request, format_number},
};

std::string swept_text(const Summary& summary, const SweepFigure& figure) {
  if (summary.total_runs == 0) return "-";  // its turn has not come
  if (summary.valid_runs == 0) return "invalid";
  return with_interval(summary.*figure.value, figure.text);
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

// A column of the table of runs: how it is called, with its unit, and what it says of a run.
struct RunColumn {
  const char* title;
  std::string (*text)(const CellReport& cell, const Run& run);
};

std::string text(auto value) { return fmt::format("{}", value); }

// clang-format off
const RunColumn kRunColumns[] = {
    {"strategy", [](auto& c, auto&) { return c.cell.strategy; }},
    {"transport", [](auto& c, auto&) { return c.cell.transport; }},
    {"stack", [](auto& c, auto&) { return c.cell.stack; }},
    {"scenario", [](auto& c, auto&) { return c.cell.scenario; }},
    {"workers", [](auto& c, auto&) { return text(c.cell.workers); }},
    {"round", [](auto&, auto& r) { return text(r.round); }},
    {"position", [](auto&, auto& r) { return text(r.position); }},
    {"valid", [](auto&, auto& r) { return std::string(r.valid ? "true" : "false"); }},
    {"flags", [](auto&, auto& r) { return fmt::format("{}", fmt::join(r.flags, " ")); }},
    {"reasons", [](auto&, auto& r) { return fmt::format("{}", fmt::join(r.reasons, "; ")); }},
    {"makespan_ns", [](auto&, auto& r) { return text(r.makespan_ns); }},
    {"setup_ns", [](auto&, auto& r) { return text(r.setup_ns); }},
    {"requests_total", [](auto&, auto& r) { return text(r.requests.total); }},
    {"requests_ok", [](auto&, auto& r) { return text(r.requests.ok); }},
    {"requests_failed", [](auto&, auto& r) { return text(r.requests.failed); }},
    {"requests_retried", [](auto&, auto& r) { return text(r.requests.retried); }},
    {"latency_min_ns", [](auto&, auto& r) { return text(r.latency_ns.min); }},
    {"latency_mean_ns", [](auto&, auto& r) { return text(r.latency_ns.mean); }},
    {"latency_p50_ns", [](auto&, auto& r) { return text(r.latency_ns.p50); }},
    {"latency_p90_ns", [](auto&, auto& r) { return text(r.latency_ns.p90); }},
    {"latency_p99_ns", [](auto&, auto& r) { return text(r.latency_ns.p99); }},
    {"latency_p999_ns", [](auto&, auto& r) { return r.latency_ns.p999 ? text(*r.latency_ns.p999) : std::string(); }},
    {"latency_max_ns", [](auto&, auto& r) { return text(r.latency_ns.max); }},
    {"cpu_ns", [](auto&, auto& r) { return text(r.cpu_ns); }},
    {"process_cpu_ns", [](auto&, auto& r) { return text(r.process_cpu_ns); }},
    {"context_switches_voluntary", [](auto&, auto& r) { return text(r.voluntary_switches); }},
    {"context_switches_involuntary", [](auto&, auto& r) { return text(r.involuntary_switches); }},
    {"peak_memory_bytes", [](auto&, auto& r) { return text(r.peak_memory_bytes); }},
    {"threads", [](auto&, auto& r) { return text(r.threads); }},
    {"processes", [](auto&, auto& r) { return text(r.processes); }},
    {"server_connections", [](auto&, auto& r) { return text(r.server.connections); }},
    {"server_requests", [](auto&, auto& r) { return text(r.server.requests); }},
    {"server_unique_tokens", [](auto&, auto& r) { return text(r.server.unique_tokens); }},
    {"server_peak_in_flight", [](auto&, auto& r) { return text(r.server.peak_in_flight); }},
    {"server_hold_mean_ns", [](auto&, auto& r) { return text(r.server.hold_ns.mean); }},
    {"server_cpu_ns", [](auto&, auto& r) { return text(r.server.cpu_ns); }},
    {"host_steal_ns", [](auto&, auto& r) { return text(r.steal_ns); }},
    {"bound_ns", [](auto&, auto& r) { return text(r.bound_ns); }},
    {"efficiency", [](auto&, auto& r) { return text(r.efficiency); }},
    {"limited_by", [](auto&, auto& r) { return r.limited_by; }},
};
// clang-format on

}  // namespace

bool is_other_stack(const Report& report, const Cell& cell) {
  // The first row of a scenario names the stack that its comparison holds fixed.
  const auto first = std::ranges::find_if(report.cells, [&](const CellReport& other) {
    return other.cell.scenario == cell.scenario && other.cell.stack != "none";
  });
  return cell.stack != "none" && first != report.cells.end() && first->cell.stack != cell.stack;
}

Table cells_table(const Report& report, const Scenario& scenario) {
  Table table;
  const auto columns = cell_columns(report);
  for (const CellColumn& column : columns) table.columns.push_back(column.column);
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name) continue;
    std::vector<std::string> row;
    for (const CellColumn& column : columns) row.push_back(column.text(cell));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<SweepTable> sweep_tables(const Report& report, const Scenario& scenario) {
  if (!has_sweep(report, scenario)) return {};
  std::vector<SweepTable> tables;
  for (const SweepFigure& figure : kSweepFigures) {
    tables.push_back({figure.title, sweep_table(report, scenario, figure)});
  }
  return tables;
}

Table knees_table(const Report& report, const Scenario& scenario) {
  Table table{.columns = {{"strategy", Align::left},
                          {"transport", Align::left},
                          {"best"},
                          {"knee"},
                          {"W*"},
                          {"peak", Align::left}},
              .rows = {}};
  for (const Sweep& sweep : sweeps_of(report)) {
    const Cell& cell = sweep.at_knee;
    if (cell.scenario != scenario.name) continue;
    table.rows.push_back({cell.strategy,
                          cell.transport + (is_other_stack(report, cell) ? " *" : ""),
                          std::to_string(sweep.best_workers),
                          std::to_string(sweep.knee_workers()) + (sweep.knee_at_end() ? "+" : ""),
                          sweep.model_knee_workers ? format_number(*sweep.model_knee_workers) : "-",
                          peak_in_words(sweep)});
  }
  return table;
}

Table runs_table(const Report& report) {
  Table table;
  for (const RunColumn& column : kRunColumns) table.columns.push_back({column.title});
  for (const CellReport& cell : report.cells) {
    for (const Run& run : cell.runs) {
      std::vector<std::string> row;
      for (const RunColumn& column : kRunColumns) row.push_back(column.text(cell, run));
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace fanout
