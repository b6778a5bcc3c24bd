#include "harness/print/render_history.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "harness/print/table.h"
#include "harness/statistics/sessions.h"

namespace fanout {
namespace {

using Align = Column::Align;
using Results = std::vector<NamedResult>;

// "1.12x slower" than the middle of the band.
std::string departure(const HistoryRow& row, const HistoryPoint& point) {
  const double ratio = *point.value / point.band->median;
  return ratio > 1 ? fmt::format("{:.2f}x {}", ratio, row.measure->worse)
                   : fmt::format("{:.2f}x {}", 1 / ratio, row.measure->better);
}

std::string place_of(const HistoryRow& row, const HistoryPoint& point) {
  if (!point.value) return "no figure";
  if (!point.band) return "too few before";
  return point.left ? "out: " + departure(row, point) : "within";
}

std::string duration(const std::optional<double>& nanoseconds) {
  return nanoseconds ? format_duration(*nanoseconds) : "-";
}

std::string in_ns(const std::optional<double>& nanoseconds) {
  return nanoseconds ? fmt::format("{:.0f}", *nanoseconds) : "";
}

// A row for each result; `exact` is for programs.
Table table_of_cell(const Results& results, const HistoryRow& row, bool exact) {
  Table table{.columns = {{"started", Align::left},
                          {"commit", Align::left},
                          {"measured"},
                          {row.drift_taken_out ? "without drift" : "value"},
                          {"band from"},
                          {"to"},
                          {"is", Align::left}},
              .rows = {}};
  for (std::size_t i = 0; i < results.size(); ++i) {
    const HistoryPoint& point = row.points[i];
    const auto text = [&](const std::optional<double>& ns) {
      return exact ? in_ns(ns) : duration(ns);
    };
    table.rows.push_back(
        {results[i].report->started_at, results[i].report->tool.commit, text(point.measured),
         text(point.value), text(point.band ? point.band->low : std::nullopt),
         text(point.band ? point.band->high : std::nullopt), place_of(row, point)});
  }
  return table;
}

std::string csv_of(const Results& results, const std::vector<HistoryRow>& rows) {
  Table all{.columns = {{"scenario"},
                        {"strategy"},
                        {"transport"},
                        {"workers"},
                        {"measure"},
                        {"file"},
                        {"started"},
                        {"commit"},
                        {"measured_ns"},
                        {"value_ns"},
                        {"band_low_ns"},
                        {"band_high_ns"},
                        {"is"}},
            .rows = {}};
  for (const HistoryRow& row : rows) {
    const Table one = table_of_cell(results, row, true);
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      auto& line = all.rows.emplace_back(std::vector<std::string>{
          row.cell.scenario, row.cell.strategy, row.cell.transport,
          std::to_string(row.cell.workers), std::string(row.measure->name), results[i].name});
      line.insert(line.end(), one.rows[i].begin(), one.rows[i].end());
    }
  }
  return to_csv(all);
}

// The earliest departure of each row, the earliest of all first.
std::string departures(const Results& results, const std::vector<HistoryRow>& rows) {
  std::vector<const HistoryRow*> left;
  std::size_t judged = 0;
  for (const HistoryRow& row : rows) {
    if (row.first_left) left.push_back(&row);
    judged += static_cast<std::size_t>(std::ranges::count_if(
        row.points, [](const HistoryPoint& point) { return point.value && point.band; }));
  }
  if (judged == 0) {
    return fmt::format("nothing judged: a result needs at least {} before it\n", kLeastSessions);
  }
  std::string text = fmt::format(
      "{} judged by those before; of an unchanged cell 1 in 100 leaves its band by chance\n",
      counted(judged, "figure"));
  if (left.empty()) return text + "no result left its band\n";
  std::ranges::stable_sort(left, {}, [](const HistoryRow* row) { return *row->first_left; });
  for (const HistoryRow* row : left) {
    const NamedResult& result = results[*row->first_left];
    text += fmt::format("first to leave: {} ({}, commit {}): {} ({}), {}: {}\n", result.name,
                        result.report->started_at, result.report->tool.commit, cell_text(row->cell),
                        row->cell.scenario, row->measure->figure,
                        departure(*row, row->points[*row->first_left]));
  }
  return text;
}

}  // namespace

std::string render_history(const Results& results, const std::vector<HistoryRow>& rows,
                           const std::vector<std::string>& notes, Format format) {
  if (format == Format::csv) return csv_of(results, rows);
  std::string text;
  for (const NamedResult& result : results) {
    text += fmt::format("{}: {} (fanout {}, commit {})\n", result.report->started_at, result.name,
                        result.report->tool.version, result.report->tool.commit);
  }
  Draw draw = to_text;
  if (format == Format::markdown) draw = to_markdown;
  for (const HistoryRow& row : rows) {
    text += fmt::format("\n{} ({}), {}\n\n{}", cell_text(row.cell), row.cell.scenario,
                        row.measure->figure, draw(table_of_cell(results, row, false)));
  }
  text += "\n";
  for (const std::string& line : notes) text += "note: " + line + "\n";
  return text + departures(results, rows);
}

}  // namespace fanout
