// By what cells are fast, and the words for it. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "harness/analysis/verdict.h"

namespace fanout {

inline double cost_of(const CellReport* cell) { return cell->summary.cpu_us_per_request.median; }

// What makes a cell fast, by one measure, and the words for it.
struct Pace {
  std::string_view measure;
  double (*of)(const CellReport*);  // less is better
  std::string (*figure)(const CellReport*);
  std::string (*words)(const CellReport&, const Scenario&);
  std::string_view best;  // of all cells
};

// The one of this measure; null: it is no measure of pace.
const Pace* pace_by(const Measure& measure);

// By what strategies are fast in the scenario's mode: makespan, throughput, or the response times
// of an open loop.
const Measure& pace_of(const Scenario& scenario);

}  // namespace fanout
