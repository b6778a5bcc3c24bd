#include "harness/analysis/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "harness/analysis/comparable.h"
#include "harness/analysis/drift.h"
#include "harness/analysis/findings.h"

namespace fanout {
namespace {

constexpr std::size_t kLeastRounds = 6;  // fewer give no interval (signed_rank_limit)

// A cell that both results have.
struct Pair : CellPair {
  const Scenario& scenario;
  Between between;
};

// Compares the rounds. Where the machine may have drifted and nobody knows how far, says so.
void compare_figures(Change& change, const Pair& pair,
                     const std::vector<std::vector<double>>& figures) {
  change.comparison = compare_rounds(figures[0], figures[1]);
  if (pair.between == Between::builds) return;
  const Exposure exposure = exposure_of(*change.measure, {&pair.before, &pair.after});
  const auto drift = drift_of(pair, *change.measure);
  if (drift) {
    change.comparison = without_drift(figures[0], figures[1], *drift, exposure);
    if (exposure == Exposure::whole) change.drift = drift->ratio;
  } else if (exposure != Exposure::none) {
    change.declined =
        "not judged: no client floor in both says how the machine changed; use --against";
  }
}

// What no change of code explains: 2 %, or what the twins of either side differ by if that is more.
double margin_of(const Pair& pair, const Measure& measure, double threshold) {
  double margin = std::min(kLeastMargin, threshold);
  for (const Report* report : {&pair.base, &pair.next}) {
    const auto twins = twins_of(*report, pair.scenario, measure);
    if (twins) margin = std::max(margin, std::abs(twins->comparison.ratio - 1));
  }
  return margin;
}

// The figures of both, still to be judged.
Change change_of(const Pair& pair, const Measure& measure) {
  Change change;
  change.cell = pair.before.cell;
  change.measure = &measure;
  change.declined = why_no_figure({&pair.before}, {&pair.after}, measure, pair.scenario);
  if (!change.declined.empty()) return change;
  const auto figures = common_rounds({&pair.before, &pair.after}, measure);
  change.base = median_interval(figures[0]).median;
  change.next = median_interval(figures[1]).median;
  compare_figures(change, pair, figures);
  if (change.declined.empty() && !change.comparison.low) {
    change.declined = fmt::format("not enough evidence: at least {} rounds needed, {} in both",
                                  kLeastRounds, change.comparison.rounds);
  }
  return change;
}

const CellReport* find_cell(const Report& report, const Cell& cell) {
  const auto found = std::ranges::find(report.cells, cell, &CellReport::cell);
  return found == report.cells.end() ? nullptr : &*found;
}

// Whether its mode has no such figure.
bool lacks(const CellReport& cell, const Measure& measure) {
  return cell.summary.valid_runs > 0 && !has_figure({&cell}, measure);
}

// Adds what there is to say of this cell; figures are still to be judged.
void add_cell(Changes& changes, const Pair& pair, const Judging& judging) {
  const CellReport& before = pair.before;
  const CellReport& after = pair.after;
  if (!all_valid(before.summary) || !all_valid(after.summary)) {
    changes.invalid.push_back({before.cell, before.summary, after.summary});
  }
  if (judging.success) {
    const auto success = success_change(before, after, pair.scenario);
    if (success) changes.successes.push_back(*success);
  }
  for (const Measure* measure : judging.by) {
    // With --force, results of different modes may be compared: one of them lacks the figure.
    if (!has_figure({&before, &after}, *measure) || lacks(before, *measure) ||
        lacks(after, *measure)) {
      continue;
    }
    Change& change = changes.changes.emplace_back(change_of(pair, *measure));
    change.margin = margin_of(pair, *measure, changes.threshold);
  }
}

// The row that is the twin of this cell, or null.
CellReport* find_twin(Report& report, const Cell& cell) {
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    const bool is_twin = report.plan.references[i].role == Role::twin;
    if (is_twin && report.references[i].cell == cell) return &report.references[i];
  }
  return nullptr;
}

}  // namespace

Changes compare_results(const Report& base, const Report& next, const Judging& judging,
                        Between between) {
  Changes changes;
  changes.threshold = judging.threshold;
  for (const CellReport& before : base.cells) {
    const CellReport* after = find_cell(next, before.cell);
    if (after == nullptr) {
      changes.base_only.push_back(before.cell);
      continue;
    }
    const Scenario& scenario = scenario_of(base.plan, before.cell);
    add_cell(changes, {{base, next, before, *after}, scenario, between}, judging);
  }
  for (const CellReport& after : next.cells) {
    if (find_cell(base, after.cell) != nullptr) continue;
    changes.next_only.push_back(after.cell);
    if (!all_valid(after.summary)) changes.invalid.push_back({after.cell, {}, after.summary});
  }
  judge(changes, judging.by);
  check_any_change(changes, changes.base_only.size() < base.cells.size(), judging);
  return changes;
}

void check_any_change(const Changes& changes, bool any_cell_in_both, const Judging& judging) {
  if (!any_cell_in_both) {
    throw IncomparableError("compare: no cell is in both; measure the same cells again");
  }
  if (changes.changes.empty() && changes.invalid.empty() && !judging.by.empty()) {
    throw UsageError("compare: these results have no such measure; leave --measure out");
  }
}

std::optional<Changes> changes_against_other(const Report& report) {
  if (!report.plan.against) return std::nullopt;
  Report ours = report;
  std::erase_if(ours.cells, [](const CellReport& row) { return is_external(row.cell); });
  Report theirs = ours;
  theirs.cells.clear();
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    CellReport row = report.references[i];
    const Role role = report.plan.references[i].role;
    if (!is_of_other_build(role)) continue;
    row.cell.by_other_build = false;
    if (role == Role::against) {
      theirs.cells.push_back(std::move(row));
    } else if (CellReport* twin = find_twin(theirs, row.cell)) {
      *twin = std::move(row);
    }
  }
  if (theirs.cells.empty()) return std::nullopt;
  std::vector<const Measure*> all;
  for (const Measure& measure : measures()) all.push_back(&measure);
  return compare_results(theirs, ours, {all, report.plan.against->threshold}, Between::builds);
}

bool all_valid(const Summary& runs) {
  return runs.valid_runs > 0 && runs.valid_runs == runs.total_runs;
}

bool any_drift(const Changes& changes) {
  return std::ranges::any_of(changes.changes,
                             [](const Change& change) { return change.drift.has_value(); });
}

bool has_regression(const Changes& changes) {
  if (std::ranges::find(changes.successes, Finding::regression, &SuccessChange::finding) !=
      changes.successes.end()) {
    return true;
  }
  return std::ranges::find(changes.changes, Finding::regression, &Change::finding) !=
         changes.changes.end();
}

std::size_t invalid_in_next(const Changes& changes) {
  const auto invalid = [](const InvalidRuns& one) { return !all_valid(one.next); };
  return static_cast<std::size_t>(std::ranges::count_if(changes.invalid, invalid));
}

bool is_incomplete(const Changes& changes) {
  return invalid_in_next(changes) > 0 || !changes.base_only.empty();
}

std::string in_words(const Change& change) {
  const double ratio = change.comparison.ratio;
  switch (change.finding) {
    case Finding::not_separated:
      return "not separated";
    case Finding::better:
      return fmt::format("{:.2f}x {}", 1 / ratio, change.measure->better);
    case Finding::worse:
      return fmt::format("{:.2f}x {}", ratio, change.measure->worse);
    case Finding::regression:
      return fmt::format("regression: {:.2f}x {}", ratio, change.measure->worse);
    case Finding::declined:
      break;
  }
  return change.declined;
}

}  // namespace fanout
