#include "harness/analysis/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analysis/drift.h"
#include "harness/analysis/findings.h"
#include "harness/statistics/sessions.h"

namespace fanout {
namespace {

Cells present(const Cells& cells) {
  Cells found = cells;
  std::erase(found, nullptr);
  return found;
}

// Those of some sessions that have a value.
std::vector<double> known(const std::vector<std::optional<double>>& values, std::size_t from,
                          std::size_t count) {
  std::vector<double> found;
  for (std::size_t i = from; i < from + count; ++i) {
    if (values[i]) found.push_back(*values[i]);
  }
  return found;
}

// What each session with a value says of the machine; empty if any of them says nothing.
std::vector<std::optional<double>> shared_costs(const Sessions& sessions, const Cells& cells,
                                                const SessionFigures& figures,
                                                const Measure& measure) {
  std::vector<std::optional<double>> costs(sessions.size());
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (!figures.measured[i]) continue;
    costs[i] = shared_cost(*sessions[i], *cells[i], measure);
    if (!costs[i]) return {};
  }
  return costs;
}

// A cell in all sessions, those of BASE first.
struct SessionRow {
  Cell cell;
  Cells base;
  Cells next;
  const Scenario& scenario;
};

Summary all_runs(const Cells& cells) {
  Summary sum;
  for (const CellReport* cell : present(cells)) {
    sum.valid_runs += cell->summary.valid_runs;
    sum.total_runs += cell->summary.total_runs;
  }
  return sum;
}

// Requests of one session fail together, so each counts as one run.
CellReport with_session_as_run(const Cell& cell, const Cells& cells) {
  CellReport whole{.cell = cell, .runs = {}, .summary = {}};
  for (const CellReport* session : present(cells)) {
    Run sum;
    for (const Run& run : session->runs) {
      if (!run.valid) continue;
      sum.valid = true;
      sum.requests.total += run.requests.total;
      sum.requests.ok += run.requests.ok;
    }
    if (sum.valid) whole.runs.push_back(sum);
  }
  return whole;
}

// A cell need not share the drift that is taken out: a difference counts if it is one either way.
Comparison that_holds_in_both(Comparison without_drift, const Comparison& measured) {
  if (!measured.low) return without_drift;
  without_drift.low = std::min(*without_drift.low, *measured.low);
  without_drift.high = std::max(*without_drift.high, *measured.high);
  without_drift.p = std::max(without_drift.p, measured.p);
  return without_drift;
}

Change session_change(const SessionRow& row, const Sessions& sessions, const Measure& measure) {
  Change change;
  change.cell = row.cell;
  change.measure = &measure;
  change.declined = why_no_figure(present(row.base), present(row.next), measure, row.scenario);
  if (!change.declined.empty()) return change;
  Cells cells = row.base;
  cells.insert(cells.end(), row.next.begin(), row.next.end());
  const SessionFigures figures = session_figures(sessions, cells, measure);
  const auto of_base = [&](const auto& values) { return known(values, 0, row.base.size()); };
  const auto of_next = [&](const auto& values) {
    return known(values, row.base.size(), row.next.size());
  };
  change.base = geometric_mean(of_base(figures.measured));
  change.next = geometric_mean(of_next(figures.measured));
  change.sessions = {of_base(figures.measured).size(), of_next(figures.measured).size()};
  change.comparison = compare_sessions(of_base(figures.measured), of_next(figures.measured));
  if (figures.drift_taken_out) {
    const Comparison without =
        compare_sessions(of_base(figures.without_drift), of_next(figures.without_drift));
    change.drift = change.comparison.ratio / without.ratio;
    change.comparison = that_holds_in_both(without, change.comparison);
  }
  if (!change.comparison.low) {
    change.declined =
        fmt::format("not enough evidence: at least {} sessions of each side needed, {} and {} seen",
                    kLeastSessions, change.sessions->base, change.sessions->next);
  }
  return change;
}

bool any_figure(const Cells& cells, const Measure& measure) {
  return has_figure(present(cells), measure);
}

// Adds what there is to say of this cell; figures are still to be judged.
void add_row(Changes& changes, const SessionRow& row, const Sessions& sessions,
             const Judging& judging) {
  const Summary before = all_runs(row.base);
  const Summary after = all_runs(row.next);
  if (!all_valid(before) || !all_valid(after)) {
    changes.invalid.push_back({row.cell, before, after});
  }
  if (judging.success) {
    const auto success = success_change(with_session_as_run(row.cell, row.base),
                                        with_session_as_run(row.cell, row.next), row.scenario);
    if (success) changes.successes.push_back(*success);
  }
  for (const Measure* measure : judging.by) {
    const bool in_base = any_figure(row.base, *measure);
    const bool in_next = any_figure(row.next, *measure);
    const bool lacks = (!in_base && before.valid_runs > 0) || (!in_next && after.valid_runs > 0);
    if (lacks || (!in_base && !in_next)) continue;
    Change& change = changes.changes.emplace_back(session_change(row, sessions, *measure));
    change.margin = std::min(kLeastMargin, changes.threshold);
  }
}

}  // namespace

Cells cell_in(const Sessions& sessions, const Cell& cell) {
  Cells cells;
  for (const Report* report : sessions) {
    const auto found = std::ranges::find(report->cells, cell, &CellReport::cell);
    cells.push_back(found == report->cells.end() ? nullptr : &*found);
  }
  return cells;
}

std::vector<Cell> cells_of(const Sessions& sessions) {
  std::vector<Cell> cells;
  for (const Report* report : sessions) {
    for (const CellReport& row : report->cells) {
      if (std::ranges::find(cells, row.cell) == cells.end()) cells.push_back(row.cell);
    }
  }
  return cells;
}

SessionFigures session_figures(const Sessions& sessions, const Cells& cells,
                               const Measure& measure) {
  SessionFigures figures;
  for (const CellReport* cell : cells) {
    std::optional<double> value;
    if (cell != nullptr && has_figure({cell}, measure)) {
      value = median_interval(common_rounds({cell}, measure)[0]).median;
    }
    figures.measured.push_back(value);
  }
  figures.without_drift = figures.measured;
  if (exposure_of(measure, present(cells)) != Exposure::whole) return figures;
  const auto costs = shared_costs(sessions, cells, figures, measure);
  const auto first = std::ranges::find_if(costs, [](const auto& cost) { return cost.has_value(); });
  if (first == costs.end()) return figures;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i]) *figures.without_drift[i] *= **first / *costs[i];
  }
  figures.drift_taken_out = true;
  return figures;
}

Changes compare_all(const Sessions& base, const Sessions& next, const Judging& judging) {
  Changes changes;
  changes.threshold = judging.threshold;
  changes.of_sessions = true;
  Sessions sessions = base;
  sessions.insert(sessions.end(), next.begin(), next.end());
  bool any_in_both = false;
  for (const Cell& cell : cells_of(sessions)) {
    const Cells before = cell_in(base, cell);
    const Cells after = cell_in(next, cell);
    if (present(after).empty()) {
      changes.base_only.push_back(cell);
    } else if (present(before).empty()) {
      changes.next_only.push_back(cell);
      const Summary runs = all_runs(after);
      if (!all_valid(runs)) changes.invalid.push_back({cell, {}, runs});
    } else {
      any_in_both = true;
      const Report& owner = *base[static_cast<std::size_t>(
          std::ranges::find_if(before, [](const auto* row) { return row != nullptr; }) -
          before.begin())];
      add_row(changes, {cell, before, after, scenario_of(owner.plan, cell)}, sessions, judging);
    }
  }
  judge(changes, judging.by);
  check_any_change(changes, any_in_both, judging);
  return changes;
}

}  // namespace fanout
