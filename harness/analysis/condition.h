// Conditions under which a measurement has failed (--fail-if), and the cells for which they hold.
// Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/gauge.h"
#include "harness/result/report.h"

namespace fanout {

// "thread_pool: p99 > 50ms".
struct Condition {
  std::string text;   // as it was written
  std::string cells;  // a pattern of the shell for "strategy" or "strategy / transport"; "": all
  Gauge gauge;
  bool above = false;     // it holds above `limit`; else below
  bool or_equal = false;  // it holds at `limit`, too: <= or >=
  double limit = 0;       // in the gauge's unit
};

// Throws UsageError with what is wrong and what is expected.
Condition parse_condition(const std::string& text);

// Whether the condition is about this cell.
bool concerns(const Condition& condition, const Cell& cell);

// Throws UsageError if a condition of the plan is about none of its cells.
void check_conditions(const Plan& plan);

// A cell held against a condition that is about it.
struct Checked {
  std::string condition;  // as it was written
  Cell cell;
  bool failed = false;
  std::string words;  // "p99 is 61.0 ms (up to 64.2 ms, the end of its 95 % interval)"
};

// Every condition of the report's plan on every cell that it is about and that was run. A
// condition is judged by the end of the interval that is worse for the user, so that a cell passes
// if it is known to be good enough; by the median where the plan says so, or where there is no
// interval, and then the words say so.
std::vector<Checked> check_conditions(const Report& report);

}  // namespace fanout
