// What an article published, beside what was measured here.
#pragma once

#include "harness/print/table.h"
#include "harness/result/report.h"

namespace fanout {

// One row for each figure published and each cell that is its equal, in the article's order, with
// the article's own program if it was run; only cells of the scenario's first HTTP library. Empty
// if the scenario names none, and in modes other than batch: there makespans are not those of a
// list of requests.
Table published_table(const Report& report, const Scenario& scenario);

}  // namespace fanout
