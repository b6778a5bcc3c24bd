#include "harness/print/render_history.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harness/print/table.h"

namespace fanout {
namespace {

using Align = Column::Align;
using Results = std::vector<NamedResult>;

std::string duration(const std::optional<double>& nanoseconds) {
  return nanoseconds ? format_duration(*nanoseconds) : "-";
}

std::string in_ns(const std::optional<double>& nanoseconds) {
  return nanoseconds ? fmt::format("{:.0f}", *nanoseconds) : "";
}

// A row for each result.
Table table_of_row(const Results& results, const HistoryRow& row,
                   std::string (*text)(const std::optional<double>&)) {
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
    table.rows.push_back(
        {results[i].report->started_at, results[i].report->tool.commit, text(point.measured),
         text(point.value), text(point.band ? point.band->low : std::nullopt),
         text(point.band ? point.band->high : std::nullopt), in_words(row, point)});
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
    const Table one = table_of_row(results, row, in_ns);
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      auto& line = all.rows.emplace_back(std::vector<std::string>{
          row.cell.scenario, row.cell.strategy, transport_text(row.cell),
          std::to_string(row.cell.workers), std::string(row.measure->name), results[i].name});
      line.insert(line.end(), one.rows[i].begin(), one.rows[i].end());
    }
  }
  return to_csv(all);
}

}  // namespace

Table history_table(const Results& results, const HistoryRow& row) {
  return table_of_row(results, row, duration);
}

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
                        row.measure->figure, draw(history_table(results, row)));
  }
  text += "\n";
  for (const std::string& line : notes) text += "note: " + line + "\n";
  for (const std::string& line : history_in_words(results, rows)) text += line + "\n";
  return text;
}

}  // namespace fanout
