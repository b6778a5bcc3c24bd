#include "harness/print/render_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <span>

#include "base/units.h"
#include "harness/analysis/contenders.h"
#include "harness/print/latency_text.h"
#include "harness/scenario/capacity_steps.h"

namespace fanout {
namespace {

using Align = Column::Align;

// A column: how it is called and what it says of a cell.
struct CellColumn {
  Column column;
  std::function<std::string(const CellReport&)> text;
};

std::string or_dash(const std::optional<std::uint64_t>& count) {
  return count ? format_count(*count) : "-";
}

// A column about runs; "-" where no run is valid.
CellColumn measured(Column column, std::function<std::string(const Summary&)> text) {
  return {std::move(column), [text = std::move(text)](const CellReport& cell) {
            return cell.summary.valid_runs == 0 ? std::string("-") : text(cell.summary);
          }};
}

// Which cell is it?
std::vector<CellColumn> name_columns(const Report& report) {
  std::vector<CellColumn> columns{
      {{"strategy", Align::left}, [](const CellReport& c) { return c.cell.strategy; }},
      {{"transport", Align::left},
       [&report](const CellReport& c) {
         return transport_text(c.cell) + (is_beside(report, c.cell) ? " *" : "");
       }},
      {{"workers"}, [](const CellReport& c) { return std::to_string(c.cell.workers); }},
  };
  if (const std::size_t clients = report.environment.clients.size(); clients > 0) {
    columns.push_back({{"clients"}, [=](const CellReport&) { return std::to_string(clients); }});
  }
  return columns;
}

// Mode open: p50 and p99 say how long requests took once begun; these, from when they were due.
std::vector<CellColumn> response_columns() {
  const auto latency = [](const Summary& s, const std::optional<Interval>& value,
                          double percentile) {
    return value ? latency_text(s, *value, percentile) : std::string("-");
  };
  return {
      measured({"resp p50"}, [=](auto& s) { return latency(s, s.response_p50_ns, 50); }),
      measured({"resp p99"}, [=](auto& s) { return latency(s, s.response_p99_ns, 99); }),
      measured({"kept"},
               [](auto& s) {
                 return s.achieved_share ? fmt::format("{:.1f}%", 100 * s.achieved_share->median)
                                         : std::string("-");
               }),
  };
}

// How fast, how sure?
std::vector<CellColumn> time_columns() {
  return {
      measured({"makespan"}, [](auto& s) { return format_duration(s.makespan_ns.median); }),
      measured({"95%"}, [](auto& s) { return spread(s.makespan_ns); }),
      measured({"req/s"}, [](auto& s) { return format_number(s.requests_per_second.median); }),
      measured({"effic."},
               [](auto& s) {
                 return s.efficiency ? fmt::format("{:.3f}", s.efficiency->median)
                                     : std::string("-");
               }),
      measured({"p50"}, [](auto& s) { return latency_text(s, s.latency_p50_ns, 50); }),
      measured({"p99"}, [](auto& s) { return latency_text(s, s.latency_p99_ns, 99); }),
  };
}

// At what cost, how connected, limited by what?
std::vector<CellColumn> cost_columns() {
  return {
      measured({"CPU us/req"}, [](auto& s) { return format_number(s.cpu_us_per_request.median); }),
      measured({"95%"}, [](auto& s) { return spread(s.cpu_us_per_request); }),
      measured({"memory"}, [](auto& s) { return format_bytes(s.peak_memory_bytes.median); }),
      measured({"conns"}, [](auto& s) { return or_dash(s.connections); }),
      measured({"in flight"}, [](auto& s) { return or_dash(s.peak_in_flight); }),
      measured({"limit", Align::left},
               [](auto& s) {
                 return s.limited_by == Limit::none ? "-" : std::string(name_of(s.limited_by));
               }),
  };
}

// Where requests fail: how many did not, at what price?
std::vector<CellColumn> success_columns() {
  return {
      measured({"ok"},
               [](auto& s) { return fmt::format("{:.1f}%", 100 * s.success_share.median); }),
      measured({"ok/s"}, [](auto& s) { return format_number(s.goodput_per_second.median); }),
      measured({"att/ok"},
               [](auto& s) {
                 return s.amplification.median == 0 ? std::string("-")
                                                    : fmt::format("{:.3f}", s.amplification.median);
               }),
  };
}

// Where the server refuses attempts by a limit of its own, or the strategy has one: how many, and
// how soon the strategy knew.
std::vector<CellColumn> limit_columns() {
  return {
      measured({"refused"},
               [](auto& s) {
                 return s.limits ? fmt::format("{:.1f}%", 100 * s.limits->refused_share.median)
                                 : std::string("-");
               }),
      measured({"settles"},
               [](auto& s) {
                 return s.limits && s.limits->settle_ns
                            ? format_duration(s.limits->settle_ns->median)
                            : std::string("-");
               }),
  };
}

// Second attempts, of all requests, and those that were answered first.
std::vector<CellColumn> hedge_columns() {
  const auto share = [](const std::optional<HedgesSummary>& hedges, Interval HedgesSummary::*of) {
    return hedges ? fmt::format("{:.1f}%", 100 * ((*hedges).*of).median) : std::string("-");
  };
  return {
      measured({"hedged"}, [=](auto& s) { return share(s.hedges, &HedgesSummary::sent_share); }),
      measured({"won"}, [=](auto& s) { return share(s.hedges, &HedgesSummary::won_share); })};
}

// Where answers cost work: what it came to.
CellColumn work_column() {
  return measured({"work"}, [](auto& s) {
    return s.work_us_per_answer ? format_duration(1000 * s.work_us_per_answer->median)
                                : std::string("-");
  });
}

// Where bodies are large: how fast they come, and at what price.
std::vector<CellColumn> body_columns() {
  const auto figure = [](const std::optional<BodiesSummary>& bodies, Interval BodiesSummary::*of) {
    return bodies ? format_number(((*bodies).*of).median) : std::string("-");
  };
  return {
      measured({"MB/s"}, [=](auto& s) { return figure(s.bodies, &BodiesSummary::mb_per_second); }),
      measured({"CPU s/GiB"},
               [=](auto& s) { return figure(s.bodies, &BodiesSummary::cpu_s_per_gib); })};
}

// Of real targets: what requests wait for, on average.
std::vector<CellColumn> phase_columns(const Report& report, const Scenario& scenario) {
  const auto column = [](const char* title, Interval PhasesSummary::*of) {
    return measured({title}, [of](auto& s) {
      return s.phases ? format_duration(((*s.phases).*of).median) : std::string("-");
    });
  };
  const auto takes_time = [&](Interval PhasesSummary::*of) {
    return std::ranges::any_of(report.cells, [&](const CellReport& cell) {
      const auto& phases = cell.summary.phases;
      return cell.cell.scenario == scenario.name && phases && ((*phases).*of).median > 0;
    });
  };
  std::vector<CellColumn> columns;
  for (const auto& [title, of] : {std::pair{"queue", &PhasesSummary::queue_ns},
                                  std::pair{"connect", &PhasesSummary::connect_ns},
                                  std::pair{"TLS", &PhasesSummary::handshake_ns},
                                  std::pair{"1st byte", &PhasesSummary::first_byte_ns},
                                  std::pair{"rest", &PhasesSummary::body_ns}}) {
    if (takes_time(of)) columns.push_back(column(title, of));
  }
  return columns;
}

bool has_large_bodies(const Report& report, const Scenario& scenario) {
  return std::ranges::any_of(report.cells, [&](const CellReport& cell) {
    return cell.cell.scenario == scenario.name && cell.summary.bodies;
  });
}

bool has_profiles(const Report& report, const Scenario& scenario) {
  return std::ranges::any_of(report.cells, [&](const CellReport& cell) {
    return cell.cell.scenario == scenario.name && cell.profile &&
           cell.profile->syscalls_per_request;
  });
}

// CPU per request relative to the floor's; nothing without a floor.
std::optional<Interval> x_floor(const Report& report, const Analysis& analysis,
                                const CellReport& cell) {
  return analysis.cpu_x_floor[static_cast<std::size_t>(&cell - report.cells.data())];
}

std::vector<CellColumn> cell_columns(const Report& report, const Analysis& analysis,
                                     const ScenarioAnalysis& found) {
  const Scenario& scenario = *found.scenario;
  std::vector<CellColumn> columns = name_columns(report);
  std::ranges::move(time_columns(), std::back_inserter(columns));
  if (scenario.mode == Mode::open) {
    std::ranges::move(response_columns(), std::back_inserter(columns));
  }
  std::ranges::move(cost_columns(), std::back_inserter(columns));
  if (found.has_floor) {
    columns.push_back({{"x floor"}, [&](const CellReport& cell) {
                         const auto ratio = x_floor(report, analysis, cell);
                         return ratio ? fmt::format("{:.2f}", ratio->median) : std::string("-");
                       }});
  }
  if (has_profiles(report, scenario)) {
    columns.push_back({{"calls/req"}, [](const CellReport& cell) {
                         const bool known = cell.profile && cell.profile->syscalls_per_request;
                         return known ? format_number(*cell.profile->syscalls_per_request)
                                      : std::string("-");
                       }});
  }
  std::ranges::move(phase_columns(report, scenario), std::back_inserter(columns));
  if (scenario.work.any()) columns.push_back(work_column());
  if (has_large_bodies(report, scenario)) {
    std::ranges::move(body_columns(), std::back_inserter(columns));
  }
  if (has_failures(report, scenario)) {
    std::ranges::move(success_columns(), std::back_inserter(columns));
  }
  if (has_limits(scenario)) std::ranges::move(limit_columns(), std::back_inserter(columns));
  if (scenario.hedge.budget > 0) std::ranges::move(hedge_columns(), std::back_inserter(columns));
  columns.push_back(
      {{scenario.real_targets() != nullptr ? "valid" : "proven"}, [](const CellReport& c) {
         return fmt::format("{}/{}", c.summary.valid_runs, c.summary.total_runs);
       }});
  return columns;
}

}  // namespace

std::string interval_text(const Interval& value, std::string (*text)(double)) {
  if (!value.low) return text(value.median);
  return fmt::format("{} [{}, {}]", text(value.median), text(*value.low), text(*value.high));
}

std::string spread(const Interval& value) {
  if (!value.low || value.median == 0) return "-";
  const double half = (*value.high - *value.low) / 2 / value.median;
  return fmt::format("±{:.{}f}%", half * 100, half < 0.1 ? 1 : 0);
}

bool has_failures(const Report& report, const Scenario& scenario) {
  return std::ranges::any_of(report.cells, [&](const CellReport& cell) {
    return cell.cell.scenario == scenario.name && cell.summary.has_failures;
  });
}

Table cells_table(const Report& report, const Analysis& analysis,
                  const ScenarioAnalysis& scenario) {
  Table table;
  const auto columns = cell_columns(report, analysis, scenario);
  for (const CellColumn& column : columns) table.columns.push_back(column.column);
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.scenario->name) continue;
    std::vector<std::string> row;
    for (const CellColumn& column : columns) row.push_back(column.text(cell));
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace fanout
