#include "harness/document/compare_json.h"

#include "base/json_read.h"
#include "harness/document/json_write.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

const EnumNames<Finding, 5> kFindings{{{"declined", Finding::declined},
                                       {"not separated", Finding::not_separated},
                                       {"better", Finding::better},
                                       {"worse", Finding::worse},
                                       {"regression", Finding::regression}}};

Json result_to_json(const std::string& name, const Report& report) {
  return {{"file", name},
          {"version", report.tool.version},
          {"commit", report.tool.commit},
          {"started_at", report.started_at},
          {"seed", report.plan.seed},
          {"rounds", report.plan.rounds}};
}

Json whole_cell_to_json(const Cell& cell) {
  Json json = cell_in_scenario(cell);
  json["scenario"] = cell.scenario;
  return json;
}

Json change_to_json(const Change& change) {
  const Comparison& found = change.comparison;
  const bool compared = found.rounds > 0;
  Json json = whole_cell_to_json(change.cell);
  json["measure"] = change.measure->name;
  json["base_ns"] = compared ? Json(change.base) : Json(nullptr);
  json["new_ns"] = compared ? Json(change.next) : Json(nullptr);
  json["ratio"] = compared ? Json(found.ratio) : Json(nullptr);
  json["ci_low"] = or_null(found.low);
  json["ci_high"] = or_null(found.high);
  json["p"] = compared ? Json(found.p) : Json(nullptr);
  json["p_holm"] = compared ? Json(change.p_holm) : Json(nullptr);
  json["margin"] = change.margin;
  json["rounds"] = found.rounds;
  json["verdict"] = enum_name(change.finding, kFindings);
  json["words"] = in_words(change);
  return json;
}

Json success_to_json(const SuccessChange& change) {
  Json json = whole_cell_to_json(change.cell);
  json["base"] = interval_to_json(change.base);
  json["new"] = interval_to_json(change.next);
  json["verdict"] = enum_name(change.finding, kFindings);
  json["words"] = in_words(change);
  return json;
}

Json results_to_json(const std::vector<NamedResult>& results) {
  Json list = Json::array();
  for (const auto& [name, report] : results) list.push_back(result_to_json(name, *report));
  return list;
}

Json successes_to_json(const Changes& changes) {
  Json list = Json::array();
  for (const SuccessChange& one : changes.successes) list.push_back(success_to_json(one));
  return list;
}

Json invalid_to_json(const InvalidRuns& invalid) {
  const auto runs = [](const Summary& summary) {
    return Json{{"valid_runs", summary.valid_runs}, {"total_runs", summary.total_runs}};
  };
  Json json = whole_cell_to_json(invalid.cell);
  json["base"] = runs(invalid.base);
  json["new"] = runs(invalid.next);
  return json;
}

}  // namespace

Json changes_or_null(const std::optional<Changes>& changes) {
  if (!changes) return nullptr;
  Json json{{"regression", has_regression(*changes)},
            {"successes", successes_to_json(*changes)},
            {"changes", Json::array()}};
  for (const Change& change : changes->changes) json["changes"].push_back(change_to_json(change));
  return json;
}

Json comparison_to_json(const Compared& compared, const Changes& changes) {
  const Json base = results_to_json(compared.base);
  const Json next = results_to_json(compared.next);
  Json json{{"schema_version", 1},
            {"base", base.front()},
            {"new", next.front()},
            {"base_sessions", base},
            {"new_sessions", next},
            {"trifles", compared.trifles},
            {"threshold", changes.threshold},
            {"regression", has_regression(changes)},
            {"incomplete", is_incomplete(changes)},
            {"overruled", compared.overruled},
            {"successes", successes_to_json(changes)},
            {"changes", Json::array()},
            {"invalid", Json::array()},
            {"base_only", Json::array()},
            {"new_only", Json::array()}};
  for (const Change& change : changes.changes) {
    json["changes"].push_back(change_to_json(change));
    json["changes"].back()["drift"] = or_null(change.drift);
  }
  for (const InvalidRuns& one : changes.invalid) json["invalid"].push_back(invalid_to_json(one));
  for (const Cell& cell : changes.base_only) json["base_only"].push_back(whole_cell_to_json(cell));
  for (const Cell& cell : changes.next_only) json["new_only"].push_back(whole_cell_to_json(cell));
  return json;
}

}  // namespace fanout
