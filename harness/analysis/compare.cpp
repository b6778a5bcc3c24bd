#include "harness/analysis/compare.h"

#include <fmt/format.h>

#include <algorithm>

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

Finding finding_of(const Comparison& comparison, double threshold) {
  const double margin = std::min(kLeastMargin, threshold);
  if (*comparison.low > 1 && comparison.ratio > 1 + margin) {
    const bool sure = comparison.ratio > 1 + threshold && *comparison.low > 1 + margin;
    return sure ? Finding::regression : Finding::worse;
  }
  const bool better = *comparison.high < 1 && comparison.ratio < 1 / (1 + margin);
  return better ? Finding::better : Finding::not_separated;
}

Change change_of(const CellReport& base, const CellReport& next, const Measure& measure,
                 const Scenario& scenario, double threshold) {
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
    return change;
  }
  change.finding = finding_of(change.comparison, threshold);
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
    if (!all_valid(before.summary) || !all_valid(after->summary)) {
      changes.invalid.push_back({before.cell, before.summary, after->summary});
    }
    const Scenario& scenario = scenario_of(base.plan, before.cell);
    for (const Measure* measure : by) {
      // With --force, results of different modes may be compared: one of them lacks the figure.
      if (!has_figure({&before, after}, *measure) || lacks(before, *measure) ||
          lacks(*after, *measure)) {
        continue;
      }
      changes.changes.push_back(change_of(before, *after, *measure, scenario, threshold));
    }
  }
  for (const CellReport& after : next.cells) {
    if (find_cell(base, after.cell) != nullptr) continue;
    changes.next_only.push_back(after.cell);
    if (!all_valid(after.summary)) changes.invalid.push_back({after.cell, {}, after.summary});
  }
  if (changes.base_only.size() == base.cells.size()) {
    throw UsageError("compare: no cell is in both results; measure the same cells again");
  }
  if (changes.changes.empty() && changes.invalid.empty()) {
    throw UsageError("compare: these results have no such measure; leave --measure out");
  }
  return changes;
}

bool has_regression(const Changes& changes) {
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
