#include "harness/document/analysis_json.h"
#include "harness/document/json_write.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

Json comparison_to_json(const Comparison& comparison) {
  return {{"ratio", comparison.ratio},
          {"ci_low", or_null(comparison.low)},
          {"ci_high", or_null(comparison.high)},
          {"p", comparison.p},
          {"rounds", comparison.rounds}};
}

// A cell of the verdict, with its scenario where that is a variant: there are thousands of them.
Json cell_of(const Verdict& verdict, const Cell& cell) {
  Json json = cell_in_scenario(cell);
  if (cell.scenario != verdict.scenario) json["scenario"] = cell.scenario;
  return json;
}

Json bands_to_json(const Verdict& verdict) {
  Json bands = Json::array();
  if (!verdict.ranking) return bands;
  for (const auto& band : verdict.ranking->bands) {
    Json cells = Json::array();
    for (const std::size_t i : band) cells.push_back(cell_of(verdict, verdict.cells[i]->cell));
    bands.push_back(std::move(cells));
  }
  return bands;
}

Json pairs_to_json(const Verdict& verdict) {
  Json pairs = Json::array();
  if (!verdict.ranking) return pairs;
  for (const Matchup& matchup : verdict.ranking->matchups) {
    Json pair = comparison_to_json(matchup.comparison);
    pair["leader"] = cell_of(verdict, verdict.cells[matchup.leader]->cell);
    pair["other"] = cell_of(verdict, verdict.cells[matchup.other]->cell);
    pair["separated"] = matchup.separated;
    pair["words"] = in_words(verdict, matchup);
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

Json twins_to_json(const std::optional<Twins>& twins) {
  if (!twins) return nullptr;
  Json json = comparison_to_json(twins->comparison);
  json["cell"] = cell_in_scenario(twins->cell);
  json["different"] = twins->different;
  json["words"] = in_words(*twins);
  return json;
}

Json left_out_to_json(const Verdict& verdict) {
  Json rows = Json::array();
  for (const LeftOut& out : verdict.left_out) {
    Json row = cell_of(verdict, out.cell);
    row["reason"] = out.reason;
    rows.push_back(std::move(row));
  }
  return rows;
}

Json verdict_to_json(const Verdict& verdict) {
  return {{"scenario", verdict.scenario},
          {"stack", verdict.stack.empty() ? Json(nullptr) : Json(verdict.stack)},
          {"workers", verdict.workers == 0 ? Json(nullptr) : Json(verdict.workers)},
          {"measure", verdict.measure->name},
          {"rounds", verdict.rounds},
          {"margin", verdict.margin},
          {"twins", twins_to_json(verdict.twins)},
          {"ranked", verdict.ranking.has_value()},
          {"declined", verdict.declined},
          {"bands", bands_to_json(verdict)},
          {"pairs", pairs_to_json(verdict)},
          {"left_out", left_out_to_json(verdict)},
          {"words", in_words(verdict)}};
}

}  // namespace

Json verdicts_to_json(const std::vector<Verdict>& verdicts) {
  Json rows = Json::array();
  for (const Verdict& verdict : verdicts) rows.push_back(verdict_to_json(verdict));
  return rows;
}

Json verdicts_to_json(const Analysis& analysis, std::vector<Verdict> ScenarioAnalysis::*verdicts) {
  Json rows = Json::array();
  for (const ScenarioAnalysis& scenario : analysis.scenarios) {
    for (const Verdict& verdict : scenario.*verdicts) rows.push_back(verdict_to_json(verdict));
  }
  return rows;
}

}  // namespace fanout
