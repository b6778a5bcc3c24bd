// A result in the forms that systems of continuous integration and monitoring read. Pure functions.
#pragma once

#include <string>

#include "harness/analysis/analysis.h"
#include "harness/result/report.h"

namespace fanout {

// The conditions of --fail-if and the cells for which they hold, for people; "" without any.
std::string render_conditions(const Analysis& analysis);

// JUnit's XML, as Jenkins reads it: a suite for each scenario, and in it a test case for each cell
// (its runs are valid), for each condition on a cell, and for each measure of a cell that is held
// against another build or, of a program of the user's, against the baseline. Text that is no UTF-8
// or that XML does not allow is replaced.
std::string render_junit(const Report& report, const Analysis& analysis);

// Commands of GitHub's workflows: an ::error for each invalid cell, each condition that holds and
// each regression, and a ::notice of what is recommended.
std::string render_github(const Report& report, const Analysis& analysis);

// Prometheus' text format: the medians of each cell, in seconds, bytes and shares.
std::string render_prometheus(const Report& report);

}  // namespace fanout
