#include "harness/document/plan_json.h"

#include "base/json_read.h"
#include "base/json_types.h"
#include "harness/analysis/condition.h"
#include "harness/document/json_write.h"
#include "harness/plan/server_loops.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OtherBuild, command, tool, threshold)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Baseline, program, others, threshold)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedProgram, name, command, imitates)

namespace {

using Json = nlohmann::json;

Json reference_to_json(const Reference& reference) {
  Json json = reference.cell;
  json["role"] = enum_name(reference.role, kRoleNames);
  return json;
}

Json skipped_to_json(const Skipped& skipped) {
  Json json = skipped.cell;
  json["reason"] = skipped.why.text;
  return json;
}

}  // namespace

void to_json(Json& json, const Cell& cell) {
  json = {{"strategy", cell.strategy},
          {"transport", cell.transport},
          {"stack", cell.stack},
          {"scenario", cell.scenario},
          {"workers", cell.workers}};
  add_protocol(json, cell);
}

void from_json(const Json& json, Cell& cell) {
  json.at("strategy").get_to(cell.strategy);
  json.at("transport").get_to(cell.transport);
  json.at("stack").get_to(cell.stack);
  json.at("scenario").get_to(cell.scenario);
  json.at("workers").get_to(cell.workers);
  if (const auto http = json.find("http"); http != json.end()) {
    cell.http = json_read::one_of("http", *http, kHttpVersionNames);
  }
  cell.connections = json.value("connections", 0U);
}

Json plan_to_json(const Plan& plan) {
  Json json{{"seed", plan.seed},
            {"rounds", plan.rounds},
            {"affinity", enum_name(plan.affinity, kAffinityNames)},
            {"time_budget_ns", plan.time_budget},
            {"run_limit_ns", plan.run_limit},
            {"predicted_ns", plan.predicted},
            {"precision", plan.precision},
            {"against", plan.against},
            {"baseline", plan.baseline},
            {"fail_if", plan.fail_if},
            {"fail_on", enum_name(plan.fail_on, kFailOnNames)},
            {"least_success", plan.least_success},
            {"scenarios", Json::array()},
            {"cells", plan.cells},
            {"programs", plan.programs},
            {"references", Json::array()},
            {"skipped", Json::array()}};
  for (const Scenario& scenario : plan.scenarios) json["scenarios"].push_back(to_json(scenario));
  for (const Reference& one : plan.references) {
    json["references"].push_back(reference_to_json(one));
  }
  for (const Skipped& one : plan.skipped) json["skipped"].push_back(skipped_to_json(one));
  return json;
}

Plan plan_from_json(const Json& json) {
  Plan plan;
  json.at("seed").get_to(plan.seed);
  json.at("rounds").get_to(plan.rounds);
  plan.affinity = json_read::one_of("plan.affinity", json.at("affinity"), kAffinityNames);
  json.at("time_budget_ns").get_to(plan.time_budget);
  json.at("run_limit_ns").get_to(plan.run_limit);
  json.at("predicted_ns").get_to(plan.predicted);
  json.at("precision").get_to(plan.precision);
  plan.against = json.value("against", std::optional<OtherBuild>());  // absent in earlier versions
  plan.baseline = json.value("baseline", std::optional<Baseline>());
  plan.least_success = json.value("least_success", plan.least_success);
  plan.fail_if = json.value("fail_if", plan.fail_if);
  for (const std::string& condition : plan.fail_if) (void)parse_condition(condition);
  if (const auto by = json.find("fail_on"); by != json.end()) {
    plan.fail_on = json_read::one_of("plan.fail_on", *by, kFailOnNames);
  }
  json.at("cells").get_to(plan.cells);
  json.at("programs").get_to(plan.programs);
  for (const Json& scenario : json.at("scenarios")) {
    plan.scenarios.push_back(scenario_from_json(scenario, "plan.scenarios"));
  }
  choose_server_loops(plan, 1);  // earlier versions had one loop, and did not say so
  for (const Json& row : json.at("references")) {
    plan.references.push_back(
        {json_read::one_of("plan.references.role", row.at("role"), kRoleNames), row});
    plan.references.back().cell.by_other_build = is_of_other_build(plan.references.back().role);
  }
  for (const Json& row : json.at("skipped")) {
    plan.skipped.push_back({row, {std::nullopt, row.at("reason")}});
  }
  return plan;
}

}  // namespace fanout
