#include "harness/document/report_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/json_types.h"
#include "harness/document/analysis_json.h"
#include "harness/document/compare_json.h"
#include "harness/document/json_write.h"
#include "harness/document/lines.h"
#include "harness/document/plan_json.h"
#include "harness/document/run_json.h"

namespace fanout {

// Each key is typed once: nlohmann's macros and the pairs of functions below are found by their
// argument's type.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerMachine::RoundTrip, min, median, max)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerMachine, address, network, kernel, cpu_model, cpus,
                                   round_trip_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClientMachine, host, cpus, clock_error_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Environment, kernel, os, cpu_model, cpus, cpu_quota,
                                   memory_bytes, congestion_control, socket_congestion_control,
                                   file_descriptors, ephemeral_ports, server_cpus, client_cpus,
                                   libraries, server_machine, clients)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Profile, syscalls_per_request, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Resumption, at, rounds, runs)

namespace {

using Json = nlohmann::json;

constexpr std::string_view kOpenArray = "\"runs_so_far\": [";

// A whole number of CPUs is one in JSON, too.
Json environment_to_json(const Environment& environment) {
  Json json = environment;
  const auto whole = static_cast<unsigned>(environment.cpus);
  if (whole == environment.cpus) json["cpus"] = whole;
  if (!environment.server_machine) json.erase("server_machine");
  if (environment.clients.empty()) json.erase("clients");
  return json;
}

Environment environment_from_json(Json json) {
  json.emplace("cpu_quota", nullptr);       // absent in earlier versions
  json.emplace("server_machine", nullptr);  // absent where everything was on one machine
  json.emplace("clients", Json::array());
  return json;
}

// What was measured of a row, or the row alone.
Json row_to_json(const CellReport& row, bool with_runs) {
  Json json = row.cell;
  json["runs"] = with_runs ? Json(row.runs) : Json::array();
  json["set_aside"] = with_runs ? Json(row.set_aside) : Json::array();
  return json;
}

// The document without what is derived.
Json measured_to_json(const Report& report, bool with_runs = true) {
  Json json = conditions_to_json(report);
  json["schema_version"] = kSchemaVersion;
  json["command"] = report.command;
  json["started_at"] = report.started_at;
  json["status"] = name_of(report.status);
  json["stopped_by"] = name_of(report.stopped_by);
  json["warnings"] = report.warnings;
  json["resumed"] = report.resumed;
  json["cells"] = Json::array();
  json["references"] = Json::array();
  for (const CellReport& cell : report.cells) {
    json["cells"].push_back(row_to_json(cell, with_runs));
    json["cells"].back()["profile"] = cell.profile;
  }
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    json["references"].push_back(row_to_json(report.references[i], with_runs));
    json["references"].back()["role"] = enum_name(report.plan.references[i].role, kRoleNames);
  }
  return json;
}

// Refuses a run that no document may hold: a valid one has measured something.
Run checked(Run run) {
  if (run.valid && (run.makespan_ns <= 0 || run.requests.total == 0)) {
    throw UsageError("a valid run without makespan or requests");
  }
  return run;
}

CellReport row_from_json(const Json& json) {
  CellReport row;
  json.get_to(row.cell);
  for (const Json& run : json.at("runs")) row.runs.push_back(checked(run_from_json(run)));
  for (const Json& run : json.value("set_aside", Json::array())) {  // absent in earlier versions
    row.set_aside.push_back(run_from_json(run));
  }
  return row;
}

void add_cells(Report& report, const Json& cells) {
  for (const Json& cell : cells) {
    report.cells.push_back(row_from_json(cell));
    cell.at("profile").get_to(report.cells.back().profile);
    const std::string& scenario = report.cells.back().cell.scenario;
    if (std::ranges::find(report.plan.scenarios, scenario, &Scenario::name) ==
        report.plan.scenarios.end()) {
      throw UsageError(fmt::format("cell of scenario \"{}\", which is not planned", scenario));
    }
  }
}

// The runs of a measurement that goes on, or was killed.
void add_runs_so_far(Report& report, const Json& entries) {
  for (const Json& entry : entries) {
    const auto index = entry.at("row").get<std::size_t>();
    if (index >= report.cells.size() + report.references.size()) {
      throw UsageError(fmt::format("runs_so_far: a run of row {}, which is not planned", index));
    }
    CellReport& row = row_of(report, index);
    if (entry.contains("run")) row.runs.push_back(checked(run_from_json(entry.at("run"))));
    if (entry.contains("set_aside")) {
      row.set_aside.push_back(run_from_json(entry.at("set_aside")));
    }
  }
}

Report read_report(const Json& json) {
  Report report;
  json.at("tool").get_to(report.tool);
  report.environment = environment_from_json(json.at("environment"));
  report.plan = plan_from_json(json.at("plan"));
  json.at("command").get_to(report.command);
  json.at("started_at").get_to(report.started_at);
  report.status = json_read::one_of("status", json.at("status"), kStatusNames);
  report.stopped_by = json_read::one_of("stopped_by", json.at("stopped_by"), kStoppedByNames);
  json.at("warnings").get_to(report.warnings);
  report.resumed = json.value("resumed", report.resumed);  // absent in earlier versions
  add_cells(report, json.at("cells"));
  for (const Json& row : json.at("references")) report.references.push_back(row_from_json(row));
  if (report.references.size() != report.plan.references.size()) {
    throw UsageError("other references than planned");
  }
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    report.references[i].cell.by_other_build = report.plan.references[i].cell.by_other_build;
  }
  if (json.contains("runs_so_far")) add_runs_so_far(report, json.at("runs_so_far"));
  summarize_rows(report);  // derived: never believed from a file
  return report;
}

// The entry of a run that a line begins with, as text; "" if there is none. What follows may be
// left of an end that was being written over.
std::string entry_at_begin_of(const std::string& line) {
  std::istringstream stream(line);
  Json value;
  try {
    stream >> value;
    return value.is_object() && value.contains("row") ? to_line(value) : std::string();
  } catch (const Json::exception&) {
    return {};
  }
}

// A document that was read or cut off while a run was appended, with all runs before that one;
// others as they are.
std::string mended(std::string text) {
  const std::size_t array = text.find(kOpenArray);
  if (array == std::string::npos || Json::accept(text)) return text;
  std::istringstream lines(text.substr(array + kOpenArray.size()));
  text.resize(array + kOpenArray.size());
  std::string line;
  std::getline(lines, line);  // the rest of the array's own
  for (const char* between = "\n"; std::getline(lines, line); between = ",\n") {
    const std::string entry = entry_at_begin_of(line);
    if (entry.empty()) break;
    text += between + entry;
  }
  return text.append(kOpenEnd);
}

}  // namespace

Json conditions_to_json(const Report& report) {
  return {{"tool", report.tool},
          {"environment", environment_to_json(report.environment)},
          {"plan", plan_to_json(report.plan)}};
}

Json to_json(const Report& report, const Analysis& analysis) {
  Json json = measured_to_json(report);
  std::size_t index = 0;
  for (const char* rows : {"cells", "references"}) {
    for (Json& row : json[rows]) {
      row["summary"] = summary_to_json(row_of(report, index).summary);
      row["summary"]["cpu_x_floor"] = interval_or_null(analysis.cpu_x_floor[index]);
      ++index;
    }
  }
  json["sweeps"] = sweeps_to_json(analysis);
  json["recommendations"] = recommendations_to_json(analysis);
  json["originals"] = originals_to_json(analysis);
  json["verdicts"] = verdicts_to_json(analysis, &ScenarioAnalysis::verdicts);
  json["program_verdicts"] = verdicts_to_json(analysis, &ScenarioAnalysis::program_verdicts);
  json["protocols"] = protocols_to_json(analysis);
  json["families"] = families_to_json(analysis);
  json["capacities"] = capacities_to_json(analysis);
  json["conditions"] = conditions_to_json(analysis);
  json["against"] = changes_or_null(analysis.against);
  json["baseline"] = changes_or_null(analysis.baseline);
  return json;
}

std::string unfinished_document(const Report& report) {
  std::string text = to_text(measured_to_json(report, false));
  text.resize(text.rfind("\n}"));
  return text.append(",\n ").append(kOpenArray).append(kOpenEnd);
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
  return report_from_json(json_read::parse(file, mended(*text), "was it cut short?"), file);
}

void save_report(const Report& report, const Analysis& analysis, const std::string& file,
                 Readers readers) {
  replace_file(file, to_text(to_json(report, analysis)), readers);
}

}  // namespace fanout
