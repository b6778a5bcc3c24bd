// What a report means, worked out once: whoever prints or writes it only prints and writes.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "harness/analysis/compare.h"
#include "harness/analysis/condition.h"
#include "harness/analysis/family.h"
#include "harness/analysis/originals.h"
#include "harness/analysis/protocols.h"
#include "harness/analysis/recommendation.h"
#include "harness/analysis/sweep.h"
#include "harness/analysis/verdict.h"
#include "harness/result/report.h"

namespace fanout {

// The server's ceiling as the reference found it.
struct CeilingFigures {
  const CellReport* row = nullptr;   // its reference
  double server_us_per_request = 0;  // CPU time of the server: the median over valid runs
};

// What one scenario of a report means.
struct ScenarioAnalysis {
  const Scenario* scenario = nullptr;
  std::vector<Verdict> verdicts;  // by measure, then by number of workers
  // The same on external programs that imitate no strategy, each with a library of its own.
  std::vector<Verdict> program_verdicts;
  std::vector<ProtocolComparison> protocols;
  std::vector<Sweep> sweeps;  // in the order of the cells
  std::vector<Original> originals;
  std::optional<Recommendation> recommendation;
  // By version of HTTP (the values of HttpVersion): the client floor and the server ceiling, if
  // they have a valid run.
  std::array<const CellReport*, 2> floors{};
  std::array<std::optional<CeilingFigures>, 2> ceilings{};
  bool has_floor = false;  // the plan has a client floor, whether or not it is valid
};

struct Analysis {
  std::vector<ScenarioAnalysis> scenarios;  // as in the plan
  std::vector<Family> families;             // scenarios with their variants
  // CPU per request relative to the scenario's floor, of each row (row_of()); nothing without one.
  std::vector<std::optional<Interval>> cpu_x_floor;
  std::vector<Checked> conditions;  // of --fail-if, in the order of the plan
  std::optional<Changes> against;   // from the other build of the plan to this one
  std::optional<Changes> baseline;  // from the plan's baseline to the user's other programs
};

// Whether a condition of --fail-if holds for some cell.
bool has_failed_conditions(const Analysis& analysis);

// Whether this build, or one of the user's programs, is worse than what it is held against.
bool has_regression(const Analysis& analysis);

// A pure function. The analysis points into the report, which must outlive it unchanged.
Analysis analyse(const Report& report);

}  // namespace fanout
