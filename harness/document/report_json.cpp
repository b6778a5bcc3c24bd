#include "harness/document/report_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json_read.h"
#include "harness/analysis/reference_figures.h"
#include "harness/document/analysis_json.h"
#include "harness/document/json_write.h"
#include "harness/document/run_json.h"
#include "harness/machine/output_file.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

const EnumNames<Affinity, 3> kAffinities{
    {{"isolated", Affinity::isolated}, {"shared", Affinity::shared}, {"none", Affinity::none}}};
const EnumNames<Role, 3> kRoles{
    {{"twin", Role::twin}, {"client_floor", Role::floor}, {"server_ceiling", Role::ceiling}}};

Json cell_to_json(const Cell& cell) {
  return {{"strategy", cell.strategy},
          {"transport", cell.transport},
          {"stack", cell.stack},
          {"scenario", cell.scenario},
          {"workers", cell.workers}};
}

Cell cell_from_json(const Json& json) {
  return {json.at("strategy"), json.at("transport"), json.at("stack"), json.at("scenario"),
          json.at("workers")};
}

Json environment_to_json(const Environment& environment) {
  return {{"kernel", environment.kernel},
          {"os", environment.os},
          {"cpu_model", environment.cpu_model},
          {"cpus", environment.cpus},
          {"memory_bytes", environment.memory_bytes},
          {"congestion_control", environment.congestion_control},
          {"socket_congestion_control", environment.socket_congestion_control},
          {"file_descriptors", environment.file_descriptors},
          {"ephemeral_ports", environment.ephemeral_ports},
          {"server_cpus", environment.server_cpus},
          {"client_cpus", environment.client_cpus},
          {"libraries", environment.libraries}};
}

Environment environment_from_json(const Json& json) {
  Environment environment;
  json.at("kernel").get_to(environment.kernel);
  json.at("os").get_to(environment.os);
  json.at("cpu_model").get_to(environment.cpu_model);
  json.at("cpus").get_to(environment.cpus);
  json.at("memory_bytes").get_to(environment.memory_bytes);
  json.at("congestion_control").get_to(environment.congestion_control);
  json.at("socket_congestion_control").get_to(environment.socket_congestion_control);
  json.at("file_descriptors").get_to(environment.file_descriptors);
  json.at("ephemeral_ports").get_to(environment.ephemeral_ports);
  json.at("server_cpus").get_to(environment.server_cpus);
  json.at("client_cpus").get_to(environment.client_cpus);
  json.at("libraries").get_to(environment.libraries);
  return environment;
}

Json plan_to_json(const Plan& plan) {
  Json json{{"seed", plan.seed},
            {"rounds", plan.rounds},
            {"affinity", enum_name(plan.affinity, kAffinities)},
            {"time_budget_ns", plan.time_budget ? Json(plan.time_budget->count()) : Json(nullptr)},
            {"run_limit_ns", plan.run_limit ? Json(plan.run_limit->count()) : Json(nullptr)},
            {"predicted_ns", plan.predicted.count()},
            {"precision", plan.precision ? Json(*plan.precision) : Json(nullptr)},
            {"scenarios", Json::array()},
            {"cells", Json::array()},
            {"programs", Json::array()},
            {"references", Json::array()},
            {"skipped", Json::array()}};
  for (const Scenario& scenario : plan.scenarios) json["scenarios"].push_back(to_json(scenario));
  for (const Cell& cell : plan.cells) json["cells"].push_back(cell_to_json(cell));
  for (const PlannedProgram& program : plan.programs) {
    json["programs"].push_back(
        {{"name", program.name}, {"command", program.command}, {"imitates", program.imitates}});
  }
  for (const Reference& reference : plan.references) {
    Json row = cell_to_json(reference.cell);
    row["role"] = enum_name(reference.role, kRoles);
    json["references"].push_back(std::move(row));
  }
  for (const Skipped& skipped : plan.skipped) {
    Json row = cell_to_json(skipped.cell);
    row["reason"] = skipped.reason;
    json["skipped"].push_back(std::move(row));
  }
  return json;
}

Plan plan_from_json(const Json& json) {
  Plan plan;
  json.at("seed").get_to(plan.seed);
  json.at("rounds").get_to(plan.rounds);
  plan.predicted = std::chrono::nanoseconds(json.at("predicted_ns").get<std::int64_t>());
  plan.affinity = json_read::one_of("plan.affinity", json.at("affinity"), kAffinities);
  if (const Json& budget = json.at("time_budget_ns"); !budget.is_null()) {
    plan.time_budget = std::chrono::nanoseconds(budget.get<std::int64_t>());
  }
  if (const Json& limit = json.at("run_limit_ns"); !limit.is_null()) {
    plan.run_limit = std::chrono::nanoseconds(limit.get<std::int64_t>());
  }
  for (const Json& scenario : json.at("scenarios")) {
    plan.scenarios.push_back(scenario_from_json(scenario, "plan.scenarios"));
  }
  if (const Json& precision = json.at("precision"); !precision.is_null()) {
    plan.precision = precision.get<double>();
  }
  for (const Json& cell : json.at("cells")) plan.cells.push_back(cell_from_json(cell));
  for (const Json& program : json.at("programs")) {
    plan.programs.push_back({program.at("name"), program.at("command"), program.at("imitates")});
  }
  for (const Json& row : json.at("references")) {
    plan.references.push_back(
        {json_read::one_of("plan.references.role", row.at("role"), kRoles), cell_from_json(row)});
  }
  for (const Json& skipped : json.at("skipped")) {
    plan.skipped.push_back({cell_from_json(skipped), skipped.at("reason")});
  }
  return plan;
}

CellReport cell_report_from_json(const Json& json) {
  CellReport cell{.cell = cell_from_json(json), .runs = {}, .summary = {}};
  for (const Json& run : json.at("runs")) {
    cell.runs.push_back(run_from_json(run));
    const Run& read = cell.runs.back();
    if (read.valid && (read.makespan_ns <= 0 || read.requests.total == 0)) {
      throw UsageError("a valid run without makespan or requests");
    }
  }
  for (const Json& run : json.value("set_aside", Json::array())) {  // absent in earlier versions
    cell.set_aside.push_back(run_from_json(run));
  }
  cell.summary = summarize(cell.runs);  // derived: never believed from a file
  return cell;
}

Json profile_to_json(const std::optional<Profile>& profile) {
  if (!profile) return nullptr;
  return {{"syscalls_per_request", or_null(profile->syscalls_per_request)},
          {"reason", profile->reason}};
}

std::optional<Profile> profile_from_json(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Profile profile{std::nullopt, json.at("reason")};
  if (const Json& calls = json.at("syscalls_per_request"); !calls.is_null()) {
    profile.syscalls_per_request = calls.get<double>();
  }
  return profile;
}

Json cell_report_to_json(const Report& report, const CellReport& cell) {
  Json json = cell_to_json(cell.cell);
  json["runs"] = Json::array();
  for (const Run& run : cell.runs) json["runs"].push_back(to_json(run));
  json["set_aside"] = Json::array();
  for (const Run& run : cell.set_aside) json["set_aside"].push_back(to_json(run));
  json["summary"] = summary_to_json(cell.summary);
  json["summary"]["cpu_x_floor"] = interval_or_null(cpu_x_floor(report, cell));
  return json;
}

Report read_report(const Json& json) {
  Report report;
  const Json& tool = json.at("tool");
  report.tool = {tool.at("version"), tool.at("commit"), tool.at("build")};
  report.environment = environment_from_json(json.at("environment"));
  report.plan = plan_from_json(json.at("plan"));
  json.at("command").get_to(report.command);
  json.at("started_at").get_to(report.started_at);
  json.at("status").get_to(report.status);
  json.at("stopped_by").get_to(report.stopped_by);
  json.at("warnings").get_to(report.warnings);
  for (const Json& cell : json.at("cells")) {
    report.cells.push_back(cell_report_from_json(cell));
    report.cells.back().profile = profile_from_json(cell.at("profile"));
    const std::string& scenario = report.cells.back().cell.scenario;
    if (std::ranges::find(report.plan.scenarios, scenario, &Scenario::name) ==
        report.plan.scenarios.end()) {
      throw UsageError(fmt::format("cell of scenario \"{}\", which is not planned", scenario));
    }
  }
  for (const Json& row : json.at("references")) {
    report.references.push_back(cell_report_from_json(row));
  }
  if (report.references.size() != report.plan.references.size()) {
    throw UsageError("other references than planned");
  }
  return report;
}

}  // namespace

Json to_json(const Report& report) {
  Json json{{"schema_version", kSchemaVersion},
            {"tool",
             {{"version", report.tool.version},
              {"commit", report.tool.commit},
              {"build", report.tool.build}}},
            {"environment", environment_to_json(report.environment)},
            {"plan", plan_to_json(report.plan)},
            {"command", report.command},
            {"started_at", report.started_at},
            {"status", report.status},
            {"stopped_by", report.stopped_by},
            {"warnings", report.warnings},
            {"cells", Json::array()},
            {"references", Json::array()},
            {"sweeps", sweeps_to_json(report)},
            {"recommendations", recommendations_to_json(report)},
            {"originals", originals_to_json(report)},
            {"verdicts", verdicts_to_json(report)}};
  for (const CellReport& cell : report.cells) {
    json["cells"].push_back(cell_report_to_json(report, cell));
    json["cells"].back()["profile"] = profile_to_json(cell.profile);
  }
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    Json row = cell_report_to_json(report, report.references[i]);
    row["role"] = enum_name(report.plan.references[i].role, kRoles);
    json["references"].push_back(std::move(row));
  }
  return json;
}

std::string to_text(const Json& document) {
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Report report_from_json(const Json& json, const std::string& where) {
  if (!json.is_object() || !json.contains("schema_version")) {
    throw UsageError(where + ": not a fanout result; name a file fanout run has written");
  }
  if (json.at("schema_version") != kSchemaVersion) {
    throw UsageError(fmt::format(
        "{}: schema version {}, this fanout reads {}; measure again, or use the fanout that wrote "
        "it",
        where, json.at("schema_version").dump(), kSchemaVersion));
  }
  try {
    return read_report(json);
  } catch (const Json::exception& error) {
    throw UsageError(fmt::format("{}: not a whole fanout result: {}; measure again", where,
                                 json_read::complaint(error)));
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("{}: not a whole fanout result: {}", where, error.what()));
  }
}

Report load_report(const std::string& file) {
  const std::optional<std::string> text = read_file(file);
  if (!text) {
    throw UsageError(
        fmt::format("{}: cannot be read; name a result file fanout run has written", file));
  }
  return report_from_json(json_read::parse(file, *text, "was it cut short?"), file);
}

void save_report(const Report& report, const std::string& file) {
  replace_file(file, to_text(to_json(report)));
}

}  // namespace fanout
