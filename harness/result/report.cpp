#include "harness/result/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "harness/plan/server_loops.h"

namespace fanout {
namespace {

// A document does not have the scenarios of ceilings, where nothing times out.
void tell_time_limits(const Plan& plan, CellReport& row) {
  const auto found = std::ranges::find(plan.scenarios, row.cell.scenario, &Scenario::name);
  if (found == plan.scenarios.end()) return;
  const TimeLimits limits{found->timeout.count(), found->connect_timeout.count()};
  for (Run& run : row.runs) run.time_limits = limits;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

}  // namespace

Report empty_report(Plan plan, Environment environment, std::string command) {
  Report report;
  report.tool = this_tool();
  report.environment = std::move(environment);
  report.command = std::move(command);
  report.started_at = utc_now();
  for (const Cell& cell : plan.cells) report.cells.push_back({cell, {}, {}});
  for (const Reference& one : plan.references) report.references.push_back({one.cell, {}, {}});
  report.plan = std::move(plan);
  if (const std::string unfit = unfit_build(); !unfit.empty()) report.warnings.push_back(unfit);
  const Environment& machine = report.environment;
  if (report.plan.affinity == Affinity::isolated && machine.server_cpus == machine.client_cpus) {
    report.warnings.emplace_back("one CPU only: server and clients share it");
  }
  const unsigned loops = most_server_loops(report.plan);
  if (!machine.server_cpus.empty() && loops > machine.server_cpus.size()) {
    report.warnings.push_back(fmt::format("the server's {} loops have {}: they take turns", loops,
                                          counted(machine.server_cpus.size(), "CPU")));
  }
  if (report.plan.shares_for_work) {
    report.warnings.emplace_back(
        "server and clients share both CPUs: on one CPU, clients could not work on two answers at "
        "once");
  }
  if (machine.cpu_quota) {
    report.warnings.push_back(fmt::format(
        "a CPU quota leaves server and clients {:.4g} CPUs together: it stops them amid runs",
        *machine.cpu_quota));
  }
  return report;
}

void note_resumption(Report& report) {
  report.resumed.push_back({utc_now(), whole_rounds(report), measured_runs(report)});
  report.status = Status::running;
  report.stopped_by = StoppedBy::nothing;
}

void summarize_rows(Report& report) {
  for (auto* rows : {&report.cells, &report.references}) {
    for (CellReport& row : *rows) {
      tell_time_limits(report.plan, row);
      row.summary = summarize(row.runs);
    }
  }
}

std::size_t planned_rows(const Report& report) {
  return report.cells.size() + report.references.size();
}

std::size_t measured_runs(const Report& report) {
  std::size_t runs = 0;
  for (std::size_t row = 0; row < planned_rows(report); ++row) {
    runs += row_of(report, row).runs.size();
  }
  return runs;
}

unsigned whole_rounds(const Report& report) {
  std::size_t rounds = report.plan.rounds;
  for (std::size_t row = 0; row < planned_rows(report); ++row) {
    rounds = std::min(rounds, row_of(report, row).runs.size());
  }
  return static_cast<unsigned>(rounds);
}

CellReport& row_of(Report& report, std::size_t index) {
  const std::size_t cells = report.cells.size();
  return index < cells ? report.cells[index] : report.references[index - cells];
}

const CellReport& row_of(const Report& report, std::size_t index) {
  const std::size_t cells = report.cells.size();
  return index < cells ? report.cells[index] : report.references[index - cells];
}

bool has_invalid_runs(const CellReport& cell) {
  return std::ranges::any_of(cell.runs, [](const Run& run) { return !run.valid; });
}

bool has_failed_requests(const Report& report) {
  return std::ranges::any_of(report.cells, [](const CellReport& cell) {
    return std::ranges::any_of(cell.runs, [](const Run& run) { return run.requests.failed > 0; });
  });
}

bool has_valid_runs(const Report& report) {
  return std::ranges::any_of(report.cells, [](const CellReport& cell) {
    return std::ranges::any_of(cell.runs, &Run::valid);
  });
}

}  // namespace fanout
