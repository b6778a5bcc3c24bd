// External programs beside the strategies they imitate: the same work, in the articles' own words
// and in fanout's.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/result/report.h"

namespace fanout {

// The cell of an external program with the scenario, workers, version of HTTP and connections of
// another, or null.
const CellReport* program_cell(const Report& report, std::string_view name, const Cell& like);

// A cell of fanout's own strategies, and that of a program with as many workers which imitates its
// strategy, or none in particular. Both are of the report.
struct Original {
  const CellReport* cell;
  const CellReport* program;
  std::optional<Interval> cpu_ratio;  // of the program per request / of the cell, within rounds
};
std::vector<Original> originals(const Report& report, const Scenario& scenario);

}  // namespace fanout
