#include "harness/analysis/contenders.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace fanout {
namespace {

double share(const CellReport* cell) { return cell->summary.success_share.median; }

void leave_out_if(Contenders& contenders, auto excluded, auto reason) {
  std::erase_if(contenders.cells, [&](const CellReport* cell) {
    if (!excluded(cell)) return false;
    contenders.left_out.push_back({cell->cell, reason(cell)});
    return true;
  });
}

// The first row of a scenario names what its comparison holds fixed; null: there is none.
const Cell* first_row(const Report& report, const std::string& scenario) {
  const auto first = std::ranges::find_if(report.cells, [&](const CellReport& row) {
    return row.cell.scenario == scenario && has_network(row.cell);
  });
  return first == report.cells.end() ? nullptr : &first->cell;
}

}  // namespace

bool is_unsuccessful(const Plan& plan, const CellReport& cell) {
  // A deadline is there to leave requests unanswered.
  const bool wanted = scenario_of(plan, cell.cell).deadline.count() == 0;
  return wanted && cell.summary.valid_runs > 0 && share(&cell) < plan.least_success;
}

bool is_independent(const Plan& plan, const Cell& cell) {
  const auto program = std::ranges::find(plan.programs, cell.strategy, &PlannedProgram::name);
  return is_external(cell) && program != plan.programs.end() && program->imitates.empty();
}

Contenders contenders(const Report& report, const Scenario& scenario, Entry entry) {
  Contenders found;
  for (const CellReport& cell : report.cells) {
    const bool enters =
        entry == Entry::programs ? is_independent(report.plan, cell.cell) : !is_external(cell.cell);
    const bool ran = cell.summary.total_runs > 0 && has_network(cell.cell);
    if (ran && enters && cell.cell.scenario == scenario.name) found.cells.push_back(&cell);
  }
  leave_out_if(
      found,
      [](const CellReport* cell) { return cell->summary.valid_runs < cell->summary.total_runs; },
      [](const CellReport*) { return "invalid runs"; });
  leave_out_if(
      found, [&](const CellReport* cell) { return is_unsuccessful(report.plan, *cell); },
      [&](const CellReport* cell) {
        const double percent = std::floor(1e4 * share(cell)) / 100;  // never up to what it missed
        return fmt::format("{} % of its requests succeeded, fewer than {} %", percent,
                           100 * report.plan.least_success);
      });
  leave_out_who_did_less(found);
  return found;
}

bool is_beside(const Report& report, const Cell& cell) {
  if (is_external(cell)) return false;  // it has no other
  const Cell* const first = first_row(report, cell.scenario);
  return has_network(cell) && first != nullptr &&
         (first->stack != cell.stack || !is_same_protocol(*first, cell));
}

std::string why_beside(const Report& report, const Cell& cell) {
  const Cell* const first = first_row(report, cell.scenario);
  if (first->stack != cell.stack) return "another HTTP library";
  return first->http != cell.http ? "another version of HTTP" : "another number of connections";
}

void leave_out_those_beside(const Report& report, Contenders& contenders) {
  const auto is_other = [&](const CellReport* cell) { return is_beside(report, cell->cell); };
  if (std::ranges::all_of(contenders.cells, is_other)) return;
  leave_out_if(contenders, is_other,
               [&](const CellReport* cell) { return why_beside(report, cell->cell); });
}

bool has_compared_invalid_runs(const Report& report) {
  return std::ranges::any_of(report.cells, [&](const CellReport& cell) {
    const bool beside = scenario_of(report.plan, cell.cell).real_targets() != nullptr &&
                        is_beside(report, cell.cell);
    return !beside && has_invalid_runs(cell);
  });
}

void leave_out_who_did_less(Contenders& contenders) {
  if (contenders.cells.empty()) return;
  const double best = share(*std::ranges::max_element(contenders.cells, {}, share));
  leave_out_if(
      contenders,
      [best](const CellReport* cell) { return best == 0 || share(cell) * kSameShare < best; },
      [](const CellReport* cell) {
        return fmt::format("{:.1f} % of the requests answered", 100 * share(cell));
      });
}

void leave_out_server_bound(Contenders& contenders) {
  leave_out_if(
      contenders, [](const CellReport* cell) { return cell->summary.limited_by == Limit::server; },
      [](const CellReport*) { return "limited by the server"; });
}

unsigned most_workers(const Cells& cells) {
  unsigned most = 0;
  for (const CellReport* cell : cells) most = std::max(most, cell->cell.workers);
  return most;
}

std::string too_few_requests(const Scenario& scenario, unsigned workers) {
  constexpr std::uint64_t kEnoughOfAWorker = 20;
  return fmt::format("{} a run {} fewer than {}; give -n {} or more",
                     counted(scenario.requests, "request"), scenario.requests == 1 ? "is" : "are",
                     counted(workers, "worker"), kEnoughOfAWorker * workers);
}

bool cut_by_deadline(const Scenario& scenario, const Cells& cells) {
  return scenario.deadline.count() > 0 &&
         std::ranges::any_of(cells, [](const CellReport* cell) { return share(cell) < 1; });
}

}  // namespace fanout
