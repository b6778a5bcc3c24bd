#include "harness/document/analysis_json.h"
#include "harness/document/json_write.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json known(double figure) { return figure < 0 ? Json(nullptr) : Json(figure); }

Json row_to_json(const ProtocolRow& row) {
  Json json = cell_in_scenario(row.cell->cell);
  json["words"] = protocol_text(row.cell->cell);
  json["connections_seen"] = known(row.connections);
  json["streams_at_once"] = known(row.streams_at_once);
  json["handshakes"] = known(row.handshakes);
  json["header_bytes_in"] = known(row.header_bytes_in);
  json["header_bytes_out"] = known(row.header_bytes_out);
  return json;
}

Json left_out_to_json(const LeftOut& out) {
  Json json = cell_in_scenario(out.cell);
  json["reason"] = out.reason;
  return json;
}

}  // namespace

Json protocols_to_json(const Analysis& analysis) {
  Json comparisons = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    for (const ProtocolComparison& comparison : scenario.protocols) {
      Json rows = Json::array();
      for (const ProtocolRow& row : comparison.rows) rows.push_back(row_to_json(row));
      Json left_out = Json::array();
      for (const LeftOut& out : comparison.left_out) left_out.push_back(left_out_to_json(out));
      comparisons.push_back({{"scenario", scenario.scenario->name},
                             {"strategy", comparison.strategy},
                             {"workers", comparison.workers},
                             {"rows", std::move(rows)},
                             {"left_out", std::move(left_out)},
                             {"verdicts", verdicts_to_json(comparison.verdicts)}});
    }
  }
  return comparisons;
}

}  // namespace fanout
