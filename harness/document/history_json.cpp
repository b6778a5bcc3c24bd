#include "harness/document/history_json.h"

#include "harness/document/json_write.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json point_to_json(const HistoryRow& row, const HistoryPoint& point) {
  return {{"measured_ns", or_null(point.measured)},
          {"value_ns", or_null(point.value)},
          {"band_low_ns", or_null(point.band ? point.band->low : std::nullopt)},
          {"band_high_ns", or_null(point.band ? point.band->high : std::nullopt)},
          {"left", point.left},
          {"words", in_words(row, point)}};
}

Json history_row_to_json(const std::vector<NamedResult>& results, const HistoryRow& row) {
  Json json = cell_in_scenario(row.cell);
  json["scenario"] = row.cell.scenario;
  json["cell"] = cell_text(row.cell);
  json["measure"] = row.measure->name;
  json["figure"] = row.measure->figure;
  json["drift_taken_out"] = row.drift_taken_out;
  json["first_left"] = or_null(row.first_left);
  json["words"] = first_to_leave(results, row);
  json["points"] = Json::array();
  for (const HistoryPoint& point : row.points) json["points"].push_back(point_to_json(row, point));
  return json;
}

}  // namespace

Json history_to_json(const std::vector<NamedResult>& results, const std::vector<HistoryRow>& rows) {
  Json json{{"results", Json::array()}, {"rows", Json::array()}};
  for (const auto& [name, report] : results) {
    json["results"].push_back(
        {{"name", name}, {"started_at", report->started_at}, {"commit", report->tool.commit}});
  }
  for (const HistoryRow& row : rows) json["rows"].push_back(history_row_to_json(results, row));
  return json;
}

}  // namespace fanout
