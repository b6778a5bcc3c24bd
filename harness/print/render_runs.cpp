// The table of single runs, that of failures, and how many runs strayed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "base/units.h"
#include "harness/print/render_tables.h"

namespace fanout {
namespace {

using Align = Column::Align;

// A column of the table of runs: how it is called, with its unit, and what it says of a run.
struct RunColumn {
  const char* title;
  std::string (*text)(const CellReport& cell, const Run& run);
};

std::string text(auto value) { return fmt::format("{}", value); }
std::string joined(const std::vector<Flag>& flags) {
  std::vector<std::string_view> names;
  for (const Flag flag : flags) names.push_back(name_of(flag));
  return fmt::format("{}", fmt::join(names, " "));
}
std::string or_empty(const auto& value) { return value ? text(*value) : std::string(); }

// clang-format off
const RunColumn kRunColumns[] = {
    {"strategy", [](auto& c, auto&) { return c.cell.strategy; }},
    {"transport", [](auto& c, auto&) { return transport_text(c.cell); }},
    {"stack", [](auto& c, auto&) { return c.cell.stack; }},
    {"scenario", [](auto& c, auto&) { return c.cell.scenario; }},
    {"workers", [](auto& c, auto&) { return text(c.cell.workers); }},
    {"round", [](auto&, auto& r) { return text(r.round); }},
    {"position", [](auto&, auto& r) { return text(r.position); }},
    {"valid", [](auto&, auto& r) { return std::string(r.valid ? "true" : "false"); }},
    {"flags", [](auto&, auto& r) { return joined(r.flags); }},
    {"reasons", [](auto&, auto& r) { return fmt::format("{}", fmt::join(r.reasons, "; ")); }},
    {"makespan_ns", [](auto&, auto& r) { return text(r.makespan_ns); }},
    {"setup_ns", [](auto&, auto& r) { return text(r.setup_ns); }},
    {"requests_total", [](auto&, auto& r) { return text(r.requests.total); }},
    {"requests_ok", [](auto&, auto& r) { return text(r.requests.ok); }},
    {"requests_failed", [](auto&, auto& r) { return text(r.requests.failed); }},
    {"requests_attempts", [](auto&, auto& r) { return text(r.requests.attempts); }},
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
    {"context_switches_voluntary", [](auto&, auto& r) { return text(r.context_switches.voluntary); }},
    {"context_switches_involuntary", [](auto&, auto& r) { return text(r.context_switches.involuntary); }},
    {"peak_memory_bytes", [](auto&, auto& r) { return text(r.peak_memory_bytes); }},
    {"threads", [](auto&, auto& r) { return text(r.threads); }},
    {"processes", [](auto&, auto& r) { return text(r.processes); }},
    {"server_connections", [](auto&, auto& r) { return r.server ? text(r.server->connections) : std::string(); }},
    {"server_requests", [](auto&, auto& r) { return r.server ? text(r.server->requests) : std::string(); }},
    {"server_unique_tokens", [](auto&, auto& r) { return r.server ? text(r.server->unique_tokens) : std::string(); }},
    {"server_peak_in_flight", [](auto&, auto& r) { return r.server ? text(r.server->peak_in_flight) : std::string(); }},
    {"server_hold_mean_ns", [](auto&, auto& r) { return r.server ? text(r.server->hold_ns.mean) : std::string(); }},
    {"server_cpu_ns", [](auto&, auto& r) { return r.server ? text(r.server->cpu_ns) : std::string(); }},
    {"server_abandoned", [](auto&, auto& r) { return r.server ? text(r.server->abandoned) : std::string(); }},
    {"host_steal_ns", [](auto&, auto& r) { return or_empty(r.host.steal_ns); }},
    {"host_foreign_wait_ns", [](auto&, auto& r) { return or_empty(r.host.foreign_wait_ns); }},
    {"host_retransmits", [](auto&, auto& r) { return or_empty(r.host.retransmits); }},
    {"bound_ns", [](auto&, auto& r) { return text(r.bound_ns); }},
    {"efficiency", [](auto&, auto& r) { return r.efficiency ? text(*r.efficiency) : std::string(); }},
    {"limited_by", [](auto&, auto& r) { return std::string(name_of(r.limited_by)); }},
    {"response_p50_ns", [](auto&, auto& r) { return r.open ? text(r.open->response_ns.p50) : std::string(); }},
    {"response_p99_ns", [](auto&, auto& r) { return r.open ? text(r.open->response_ns.p99) : std::string(); }},
    {"response_max_ns", [](auto&, auto& r) { return r.open ? text(r.open->response_ns.max) : std::string(); }},
    {"offered_per_second", [](auto&, auto& r) { return r.open ? text(r.open->offered_per_second) : std::string(); }},
    {"achieved_per_second", [](auto&, auto& r) { return r.open ? text(r.open->achieved_per_second) : std::string(); }},
    {"warm_up_ns", [](auto&, auto& r) { return r.steady ? text(r.steady->warm_up_ns) : std::string(); }},
    {"requests_measured", [](auto&, auto& r) { return r.steady ? text(r.steady->requests) : std::string(); }},
};
// clang-format on

using Counts = std::map<std::string, std::uint64_t>;

// A line of the table of failures: how often each outcome in a run, fewest to most over the runs.
void add_failures(Table& table, const CellReport& cell, const char* what, Counts Run::*counts) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const Run& run : cell.runs) {
    for (const auto& [name, count] : run.*counts) ranges[name] = {count, count};
  }
  for (auto& [name, range] : ranges) {
    for (const Run& run : cell.runs) {
      const auto found = (run.*counts).find(name);
      const std::uint64_t count = found == (run.*counts).end() ? 0 : found->second;
      range = {std::min(range.first, count), std::max(range.second, count)};
    }
    const auto [least, most] = range;
    table.rows.push_back(
        {cell.cell.strategy, transport_text(cell.cell), std::to_string(cell.cell.workers), name,
         what,
         least == most ? format_count(most) : format_count(least) + " to " + format_count(most)});
  }
}

unsigned flagged(const Report& report, Flag flag) {
  std::ptrdiff_t runs = 0;
  for (const auto* rows : {&report.cells, &report.references}) {
    for (const CellReport& row : *rows) {
      runs += std::ranges::count_if(row.runs, [&](const Run& run) { return has_flag(run, flag); });
    }
  }
  return static_cast<unsigned>(runs);
}

}  // namespace

Table failures_table(const Report& report, const Scenario& scenario) {
  Table table{.columns = {{"strategy", Align::left},
                          {"transport", Align::left},
                          {"workers"},
                          {"outcome", Align::left},
                          {"of", Align::left},
                          {"per run"}},
              .rows = {}};
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name) continue;
    add_failures(table, cell, "requests", &Run::errors);
    add_failures(table, cell, "attempts made again", &Run::retries);
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

std::string strayed_runs(const Report& report) {
  std::string lines;
  if (const unsigned runs = flagged(report, Flag::saturated); runs > 0) {
    lines += fmt::format("note: {} saturated: the client fell behind its schedule\n",
                         counted(runs, "run"));
  }
  if (const unsigned runs = flagged(report, Flag::unsteady); runs > 0) {
    lines += fmt::format(
        "note: {} unsteady: the warm-up did not settle, or 60 s were not enough to measure\n",
        counted(runs, "run"));
  }
  return lines;
}

}  // namespace fanout
