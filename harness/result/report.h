// The result: everything that was planned and measured. What it means is in harness/analysis; its
// JSON form, the only contract with whoever reads it elsewhere, is in
// harness/document/report_json.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/machine/environment.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"
#include "harness/result/states.h"
#include "harness/result/summary.h"

namespace fanout {

// What one further run of a cell, which is not timed, says of it: the system calls it makes.
struct Profile {
  std::optional<double> syscalls_per_request;  // from ready() to the end, over all requests
  std::string reason;                          // why that is not known, or ""
};

struct CellReport {
  Cell cell;
  std::vector<Run> runs;
  Summary summary;
  std::optional<Profile> profile{};  // nothing: none was made
  std::vector<Run> set_aside{};      // disturbed first tries of runs, which were repeated
};

// When a measurement that had been stopped was gone on with, and what had been measured by then.
struct Resumption {
  std::string at;          // UTC, ISO 8601
  unsigned rounds = 0;     // whole ones
  std::uint64_t runs = 0;  // of cells and references together
};

struct Report {
  Tool tool;
  Environment environment;
  Plan plan;
  std::string command;     // how to run it again
  std::string started_at;  // UTC, ISO 8601
  Status status = Status::running;
  StoppedBy stopped_by = StoppedBy::nothing;
  std::vector<CellReport> cells;
  std::vector<CellReport> references;  // as in the plan
  std::vector<std::string> warnings;
  std::vector<Resumption> resumed{};
};

// The row with an index of round_order().
CellReport& row_of(Report& report, std::size_t index);
const CellReport& row_of(const Report& report, std::size_t index);

// How many rows each round has, the runs that were made of them, and the rounds in which all were.
std::size_t planned_rows(const Report& report);
std::size_t measured_runs(const Report& report);
unsigned whole_rounds(const Report& report);

// A report without runs, one entry per cell and reference of the plan.
Report empty_report(Plan plan, Environment environment, std::string command);

// Makes a measurement that was stopped one that runs again, and notes when.
void note_resumption(Report& report);

// Brings the summaries of all rows up to date with their runs, which are told the time limits of
// their scenarios.
void summarize_rows(Report& report);

// Whether any run of the cell is invalid.
bool has_invalid_runs(const CellReport& cell);

// Whether a request failed in any run of its cells.
bool has_failed_requests(const Report& report);

// Whether any run of its cells is valid.
bool has_valid_runs(const Report& report);

}  // namespace fanout
