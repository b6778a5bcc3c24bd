// The result document: everything that was planned, measured and derived. The only contract with
// what renders (tables, charts, comparisons). JSON form: results/report.schema.json, explained in
// results/README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/environment.h"
#include "harness/plan.h"
#include "harness/run.h"
#include "harness/statistics.h"

namespace fanout {

inline constexpr int kSchemaVersion = 1;

// Over the valid runs of a cell: medians over runs, each with its interval.
struct Summary {
  unsigned valid_runs = 0;
  unsigned total_runs = 0;
  Interval makespan_ns;
  Interval requests_per_second;
  Interval efficiency;
  Interval cpu_us_per_request;
  Interval latency_p50_ns;
  Interval latency_p99_ns;
  Interval peak_memory_bytes;
  Interval context_switches_per_request;
  std::uint64_t connections = 0;     // counted by the server: the largest of any valid run
  std::uint64_t peak_in_flight = 0;  // the same
  std::string limited_by;            // what limited most of the valid runs; "" if nothing did
};

struct CellReport {
  Cell cell;
  std::vector<Run> runs;
  Summary summary;
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
  std::vector<std::string> warnings;
};

Summary summarize(const std::vector<Run>& runs);

// A report without runs, one entry per cell of the plan.
Report empty_report(Plan plan, Environment environment, std::string command);

// Whether any run of it is invalid.
bool has_invalid_runs(const Report& report);

nlohmann::json to_json(const Report& report);
// Throws UsageError naming `where` if it is not a result document this version can read.
Report report_from_json(const nlohmann::json& json, const std::string& where);

// Reads a file; throws UsageError in one clear line.
Report load_report(const std::string& file);

// Writes beside the file and renames over it, so that readers see the old or the new one, whole.
// Throws RunError.
void save_report(const Report& report, const std::string& file);

// Throws UsageError if save_report could not write there; leaves nothing behind.
void check_writable(const std::string& file);

}  // namespace fanout
