#include "harness/document/analysis_json.h"
#include "harness/document/json_write.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json known(double figure) { return figure < 0 ? Json(nullptr) : Json(figure); }

Json row_to_json(const CellReport& cell) {
  const ConnectionFigures figures = connection_figures(cell);
  Json json = cell_in_scenario(cell.cell);
  json["words"] = protocol_text(cell.cell);
  json["connections_seen"] = figures.connections;
  json["streams_at_once"] = figures.streams_at_once;
  json["handshakes"] = figures.handshakes;
  json["header_bytes_in"] = known(figures.header_bytes_in);
  json["header_bytes_out"] = known(figures.header_bytes_out);
  return json;
}

}  // namespace

Json protocols_to_json(const Analysis& analysis) {
  Json comparisons = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    for (const ProtocolComparison& comparison : scenario.protocols) {
      Json rows = Json::array();
      for (const CellReport* cell : comparison.cells) rows.push_back(row_to_json(*cell));
      comparisons.push_back({{"scenario", scenario.scenario->name},
                             {"strategy", comparison.strategy},
                             {"workers", comparison.workers},
                             {"rows", std::move(rows)},
                             {"verdicts", verdicts_to_json(comparison.verdicts)}});
    }
  }
  return comparisons;
}

}  // namespace fanout
