#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/analysis/history.h"
#include "harness/statistics/sessions.h"

namespace fanout {
namespace {

// "1.12x slower" than the middle of the band.
std::string departure(const HistoryRow& row, const HistoryPoint& point) {
  const double ratio = *point.value / point.band->median;
  return ratio > 1 ? fmt::format("{:.2f}x {}", ratio, row.measure->worse)
                   : fmt::format("{:.2f}x {}", 1 / ratio, row.measure->better);
}

std::size_t judged_points(const HistoryRow& row) {
  return static_cast<std::size_t>(std::ranges::count_if(
      row.points, [](const HistoryPoint& point) { return point.value && point.band; }));
}

}  // namespace

std::string in_words(const HistoryRow& row, const HistoryPoint& point) {
  if (!point.value) return point.why.empty() ? "no figure" : point.why;
  if (!point.band) return "too few before";
  return point.left ? "out: " + departure(row, point) : "within";
}

std::string first_to_leave(const std::vector<NamedResult>& results, const HistoryRow& row) {
  if (row.first_left) {
    const NamedResult& result = results[*row.first_left];
    return fmt::format("first to leave: {} ({}, commit {}): {} ({}), {}: {}", result.name,
                       result.report->started_at, result.report->tool.commit, cell_text(row.cell),
                       row.cell.scenario, row.measure->figure,
                       departure(row, row.points[*row.first_left]));
  }
  if (judged_points(row) > 0) return "no result left its band";
  return fmt::format("nothing judged: a result needs at least {} before it", kLeastSessions);
}

std::vector<std::string> history_in_words(const std::vector<NamedResult>& results,
                                          const std::vector<HistoryRow>& rows) {
  std::vector<const HistoryRow*> left;
  std::size_t judged = 0;
  for (const HistoryRow& row : rows) {
    if (row.first_left) left.push_back(&row);
    judged += judged_points(row);
  }
  if (judged == 0) {
    return {fmt::format("nothing judged: a result needs at least {} before it", kLeastSessions)};
  }
  std::vector<std::string> lines = {
      fmt::format("{} judged by those before; of an unchanged cell 1 in 100 leaves its band by "
                  "chance",
                  counted(judged, "figure"))};
  if (left.empty()) lines.emplace_back("no result left its band");
  std::ranges::stable_sort(left, {}, [](const HistoryRow* row) { return *row->first_left; });
  for (const HistoryRow* row : left) lines.push_back(first_to_leave(results, *row));
  return lines;
}

}  // namespace fanout
