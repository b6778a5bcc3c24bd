#include "harness/analysis/success.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace fanout {
namespace {

// The share of each valid run.
std::vector<double> shares_of(const CellReport& cell) {
  std::vector<double> shares;
  for (const Run& run : cell.runs) {
    if (!run.valid) continue;
    shares.push_back(static_cast<double>(run.requests.ok) /
                     static_cast<double>(run.requests.total));
  }
  return shares;
}

// Whether the second share is smaller, by its limits and in every run.
bool is_smaller(const Interval& first, const std::vector<double>& of_first, const Interval& second,
                const std::vector<double>& of_second) {
  return *second.high < *first.low &&
         *std::ranges::max_element(of_second) < *std::ranges::min_element(of_first);
}

std::string_view kind_of(Finding finding) {
  switch (finding) {
    case Finding::regression:
      return "regression";
    case Finding::better:
      return "better";
    case Finding::declined:
      return "not enough evidence from so few runs";
    case Finding::worse:
    case Finding::not_separated:
      break;
  }
  return "not separated";
}

}  // namespace

std::optional<SuccessChange> success_change(const CellReport& base, const CellReport& next,
                                            const Scenario& scenario) {
  const std::vector<double> before = shares_of(base);
  const std::vector<double> after = shares_of(next);
  if (before.empty() || after.empty() || scenario.deadline.count() > 0) return std::nullopt;
  SuccessChange change{base.cell, success_of_all(base.runs), success_of_all(next.runs)};
  if (change.base.median == 1 && change.next.median == 1) return std::nullopt;
  if (std::min(before.size(), after.size()) < kLeastRunsOfSuccess) {
    change.finding = Finding::declined;
  } else if (is_smaller(change.base, before, change.next, after)) {
    change.finding = Finding::regression;
  } else if (is_smaller(change.next, after, change.base, before)) {
    change.finding = Finding::better;
  }
  return change;
}

std::string in_words(const SuccessChange& change) {
  const auto share = [](const Interval& found) {
    return fmt::format("{:.4g} % succeeded [{:.4g} %, {:.4g} %]", 100 * found.median,
                       100 * *found.low, 100 * *found.high);
  };
  return fmt::format("{}: {} in NEW, {} in BASE", kind_of(change.finding), share(change.next),
                     share(change.base));
}

}  // namespace fanout
