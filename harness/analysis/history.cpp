#include "harness/analysis/history.h"

#include <algorithm>

#include "harness/analysis/findings.h"
#include "harness/statistics/ranking.h"
#include "harness/statistics/sessions.h"

namespace fanout {
namespace {

// The band of the next result; never narrower than what counts as a difference.
std::optional<Interval> band_of(const std::vector<double>& earlier) {
  auto band = next_session(earlier, kBandConfidence);
  if (!band) return band;
  *band->low = std::min(*band->low, band->median / (1 + kLeastMargin));
  *band->high = std::max(*band->high, band->median * (1 + kLeastMargin));
  return band;
}

// Why a result of this cell does not stand beside those before it, or "".
std::string why_not(const Report& report, const CellReport& cell, const Cells& before,
                    const Measure& measure) {
  if (cell.summary.valid_runs == 0) return "no valid run in this one";
  const Cells self{&cell};
  return why_no_figure(before.empty() ? self : before, self, measure,
                       scenario_of(report.plan, cell.cell), {"those before", "this one"});
}

HistoryRow history_row(const Sessions& by_time, const Cell& cell, const Measure& measure) {
  const Cells cells = cell_in(by_time, cell);
  const SessionFigures figures = session_figures(by_time, cells, measure);
  HistoryRow row{.cell = cell, .measure = &measure, .drift_taken_out = figures.drift_taken_out};
  std::vector<double> earlier;
  Cells judged;
  for (std::size_t i = 0; i < by_time.size(); ++i) {
    HistoryPoint point{.measured = figures.measured[i], .value = figures.without_drift[i]};
    point.band = band_of(earlier);
    if (cells[i] != nullptr) point.why = why_not(*by_time[i], *cells[i], judged, measure);
    if (!point.why.empty()) point.value.reset();
    if (point.value && point.band) {
      point.left = *point.value < *point.band->low || *point.value > *point.band->high;
    }
    if (point.left && !row.first_left) row.first_left = i;
    if (point.value && !row.first_left) {
      earlier.push_back(*point.value);
      judged.push_back(cells[i]);
    }
    row.points.push_back(point);
  }
  return row;
}

}  // namespace

std::vector<HistoryRow> history_of(const Sessions& by_time, const Judging& judging) {
  std::vector<HistoryRow> rows;
  for (const Cell& cell : cells_of(by_time)) {
    Cells cells = cell_in(by_time, cell);
    std::erase(cells, nullptr);
    for (const Measure* measure : judging.by) {
      if (!has_figure(cells, *measure)) continue;
      if (fewest_answered(cells) < measure->least_requests) continue;
      rows.push_back(history_row(by_time, cell, *measure));
    }
  }
  return rows;
}

}  // namespace fanout
