#include "harness/analysis/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/units.h"

namespace fanout {
namespace {

constexpr std::size_t kLeastRounds = 6;  // fewer give no interval (signed_rank_limit)

// Why a measure of these cells says nothing, or "".
std::string why_declined(const CellReport& base, const CellReport& next, const Measure& measure,
                         const Scenario& scenario) {
  const double before = base.summary.success_share.median;
  const double after = next.summary.success_share.median;
  if (base.summary.valid_runs == 0 || next.summary.valid_runs == 0) {
    return fmt::format("no valid run in {}", base.summary.valid_runs == 0 ? "BASE" : "NEW");
  }
  if (std::max(before, after) > kSameShare * std::min(before, after)) {
    return fmt::format("{:.1f} % of the requests answered in BASE, {:.1f} % in NEW", 100 * before,
                       100 * after);
  }
  if (measure.of_speed && cut_by_deadline(scenario, {&base, &next})) {
    return "the deadline ends these runs";
  }
  for (const CellReport* cell : {&base, &next}) {
    if (measure.of_speed && cell->summary.limited_by == Limit::server)
      return "limited by the server";
  }
  if (fewest_answered({&base, &next}) < measure.least_requests) {
    return fmt::format("needs {} answers per run", format_count(measure.least_requests));
  }
  return {};
}

Finding finding_of(const Change& change, double threshold) {
  const Comparison& comparison = change.comparison;
  if (change.p_holm > kLevel) return Finding::not_separated;
  if (*comparison.low > 1 && comparison.ratio > 1 + change.margin) {
    const bool sure = comparison.ratio > 1 + threshold && *comparison.low > 1 + change.margin;
    return sure ? Finding::regression : Finding::worse;
  }
  const bool better = *comparison.high < 1 && comparison.ratio < 1 / (1 + change.margin);
  return better ? Finding::better : Finding::not_separated;
}

// What no change of code explains: 2 %, or what the twins of either side differ by if that is more.
double margin_of(const Report& base, const Report& next, const Scenario& scenario,
                 const Measure& measure, double threshold) {
  double margin = std::min(kLeastMargin, threshold);
  for (const Report* report : {&base, &next}) {
    const auto twins = twins_of(*report, scenario, measure);
    if (twins) margin = std::max(margin, std::abs(twins->comparison.ratio - 1));
  }
  return margin;
}

// Holm's correction: the more cells are compared by a measure, the surer each has to be. Source: S.
// Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 1979.
void correct_for_number(std::vector<Change*> family) {
  std::ranges::sort(family, {}, [](const Change* change) { return change->comparison.p; });
  double least = 0;
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto left = static_cast<double>(family.size() - i);
    least = std::max(least, std::min(1.0, left * family[i]->comparison.p));
    family[i]->p_holm = least;
  }
}

// The most cells that rounds which all agree (p = 2 / 2^rounds) can still tell apart.
double most_cells(std::size_t rounds) {
  return kLevel * std::exp2(static_cast<double>(rounds) - 1);
}

// Judges all comparisons by one measure together.
void judge(Changes& changes, const Measure& measure) {
  std::vector<Change*> family;
  for (Change& change : changes.changes) {
    if (change.measure == &measure && change.declined.empty()) family.push_back(&change);
  }
  for (Change* change : family) {
    if (static_cast<double>(family.size()) <= most_cells(change->comparison.rounds)) continue;
    change->declined = fmt::format("not enough evidence: {} rounds are too few for {} cells",
                                   change->comparison.rounds, family.size());
  }
  correct_for_number(family);
  for (Change* change : family) {
    if (change->declined.empty()) change->finding = finding_of(*change, changes.threshold);
  }
}

// The figures of both, still to be judged.
Change change_of(const CellReport& base, const CellReport& next, const Measure& measure,
                 const Scenario& scenario) {
  Change change;
  change.cell = base.cell;
  change.measure = &measure;
  change.declined = why_declined(base, next, measure, scenario);
  if (!change.declined.empty()) return change;
  const auto figures = common_rounds({&base, &next}, measure);
  change.base = median_interval(figures[0]).median;
  change.next = median_interval(figures[1]).median;
  change.comparison = compare_rounds(figures[0], figures[1]);
  if (!change.comparison.low) {
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

bool all_valid(const Summary& runs) {
  return runs.valid_runs > 0 && runs.valid_runs == runs.total_runs;
}

// A cell that both results have, and what they are compared by.
struct Pair {
  const Report& base;
  const Report& next;
  const CellReport& before;
  const CellReport& after;
  std::span<const Measure* const> by;
};

// Adds what there is to say of this cell; figures are still to be judged.
void add_cell(Changes& changes, const Pair& pair) {
  const auto& [base, next, before, after, by] = pair;
  if (!all_valid(before.summary) || !all_valid(after.summary)) {
    changes.invalid.push_back({before.cell, before.summary, after.summary});
  }
  const Scenario& scenario = scenario_of(base.plan, before.cell);
  if (const auto success = success_change(before, after, scenario)) {
    changes.successes.push_back(*success);
  }
  for (const Measure* measure : by) {
    // With --force, results of different modes may be compared: one of them lacks the figure.
    if (!has_figure({&before, &after}, *measure) || lacks(before, *measure) ||
        lacks(after, *measure)) {
      continue;
    }
    Change& change = changes.changes.emplace_back(change_of(before, after, *measure, scenario));
    change.margin = margin_of(base, next, scenario, *measure, changes.threshold);
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

Changes compare_results(const Report& base, const Report& next, std::span<const Measure* const> by,
                        double threshold) {
  Changes changes;
  changes.threshold = threshold;
  for (const CellReport& before : base.cells) {
    const CellReport* after = find_cell(next, before.cell);
    if (after == nullptr) {
      changes.base_only.push_back(before.cell);
      continue;
    }
    add_cell(changes, {base, next, before, *after, by});
  }
  for (const CellReport& after : next.cells) {
    if (find_cell(base, after.cell) != nullptr) continue;
    changes.next_only.push_back(after.cell);
    if (!all_valid(after.summary)) changes.invalid.push_back({after.cell, {}, after.summary});
  }
  for (const Measure* measure : by) judge(changes, *measure);
  if (changes.base_only.size() == base.cells.size()) {
    throw UsageError("compare: no cell is in both results; measure the same cells again");
  }
  if (changes.changes.empty() && changes.invalid.empty()) {
    throw UsageError("compare: these results have no such measure; leave --measure out");
  }
  return changes;
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
  return compare_results(theirs, ours, all, report.plan.against->threshold);
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
