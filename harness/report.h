// The result document: everything that was planned, measured and derived. The only contract with
// what renders (tables, charts, comparisons). JSON form: results/report.schema.json, explained in
// results/README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/environment.h"
#include "harness/plan.h"
#include "harness/profile.h"
#include "harness/run.h"
#include "harness/summary.h"

namespace fanout {

inline constexpr int kSchemaVersion = 1;

struct CellReport {
  Cell cell;
  std::vector<Run> runs;
  Summary summary;
  std::optional<Profile> profile{};  // nothing: none was made
  std::vector<Run> set_aside{};      // noisy first tries of runs, which were repeated
};

struct Report {
  Tool tool;
  Environment environment;
  Plan plan;
  std::string command;     // how to run it again
  std::string started_at;  // UTC, ISO 8601
  std::string status;      // "running", "complete", "interrupted", "failed"
  std::string stopped_by;  // "rounds", "time budget", "interrupt", "error"; "" while running
  std::vector<CellReport> cells;
  std::vector<CellReport> references;  // as in the plan
  std::vector<std::string> warnings;
};

// The row with an index of round_order().
CellReport& row_of(Report& report, std::size_t index);
const CellReport& row_of(const Report& report, std::size_t index);

// A report without runs, one entry per cell and reference of the plan.
Report empty_report(Plan plan, Environment environment, std::string command);

// Whether any run of it is invalid.
bool has_invalid_runs(const Report& report);

nlohmann::json to_json(const Report& report);
// The document as files hold it. Arguments and paths may hold bytes that are not UTF-8; JSON may
// not, so they are replaced.
std::string to_text(const nlohmann::json& document);

// Throws UsageError naming `where` if it is not a result document this version can read.
Report report_from_json(const nlohmann::json& json, const std::string& where);

// Reads a file; throws UsageError in one clear line.
Report load_report(const std::string& file);

// As JSON; throws RunError (harness/output_file.h).
void save_report(const Report& report, const std::string& file);

}  // namespace fanout
