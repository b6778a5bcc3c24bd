#include "harness/analysis/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.h"

namespace fanout {
namespace {

unsigned valid_runs(const Cells& cells) {
  unsigned runs = 0;
  for (const CellReport* cell : cells) runs += cell->summary.valid_runs;
  return runs;
}

// The share of requests answered; of several sessions, that of the middle one.
double share_of(const Cells& cells) {
  std::vector<double> shares;
  for (const CellReport* cell : cells) {
    if (cell->summary.valid_runs > 0) shares.push_back(cell->summary.success_share.median);
  }
  return median_interval(std::move(shares)).median;
}

// The ratio with and without the drift, whichever is nearer to 1: a cell need not share the drift.
double least_ratio(const Change& change) {
  const double without = change.comparison.ratio;
  const double with = without * change.drift.value_or(1);
  if ((with > 1) != (without > 1)) return 1;
  return with > 1 ? std::min(with, without) : std::max(with, without);
}

Finding finding_of(const Change& change, double threshold) {
  const Comparison& comparison = change.comparison;
  const double ratio = least_ratio(change);
  if (change.p_holm > kLevel) return Finding::not_separated;
  if (*comparison.low > 1 && ratio > 1 + change.margin) {
    const bool sure = ratio > 1 + threshold && *comparison.low > 1 + change.margin;
    return sure ? Finding::regression : Finding::worse;
  }
  const bool better = *comparison.high < 1 && ratio < 1 / (1 + change.margin);
  return better ? Finding::better : Finding::not_separated;
}

// Holm's correction: the more comparisons there are, the surer each has to be. Source: S. Holm, A
// simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 1979.
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

// The comparisons that are corrected together; null: by all measures.
std::vector<Change*> family_of(Changes& changes, const Measure* measure) {
  std::vector<Change*> family;
  for (Change& change : changes.changes) {
    const bool belongs = measure == nullptr || change.measure == measure;
    if (belongs && change.declined.empty()) family.push_back(&change);
  }
  return family;
}

void decline_what_rounds_cannot_tell(const std::vector<Change*>& family) {
  for (Change* change : family) {
    if (static_cast<double>(family.size()) <= most_cells(change->comparison.rounds)) continue;
    change->declined = fmt::format("not enough evidence: {} rounds are too few for {} cells",
                                   change->comparison.rounds, family.size());
  }
}

}  // namespace

std::string why_no_figure(const Cells& base, const Cells& next, const Measure& measure,
                          const Scenario& scenario, const SideNames& names) {
  if (valid_runs(base) == 0 || valid_runs(next) == 0) {
    return fmt::format("no valid run in {}", valid_runs(base) == 0 ? names.base : names.next);
  }
  const double before = share_of(base);
  const double after = share_of(next);
  if (std::max(before, after) > kSameShare * std::min(before, after)) {
    return fmt::format("{:.1f} % of the requests answered in {}, {:.1f} % in {}", 100 * before,
                       names.base, 100 * after, names.next);
  }
  Cells cells = base;
  cells.insert(cells.end(), next.begin(), next.end());
  if (measure.of_speed && cut_by_deadline(scenario, cells)) return "the deadline ends these runs";
  const auto by_server = [](const CellReport* cell) {
    return cell->summary.limited_by == Limit::server;
  };
  if (measure.of_speed && std::ranges::any_of(cells, by_server)) return "limited by the server";
  if (fewest_answered(cells) < measure.least_requests) {
    return fmt::format("needs {} answers per run", format_count(measure.least_requests));
  }
  return {};
}

void judge(Changes& changes, std::span<const Measure* const> by) {
  if (changes.of_sessions) {
    correct_for_number(family_of(changes, nullptr));
  } else {
    for (const Measure* measure : by) {
      const std::vector<Change*> family = family_of(changes, measure);
      decline_what_rounds_cannot_tell(family);
      correct_for_number(family);
    }
  }
  for (Change& change : changes.changes) {
    if (change.declined.empty()) change.finding = finding_of(change, changes.threshold);
  }
}

}  // namespace fanout
