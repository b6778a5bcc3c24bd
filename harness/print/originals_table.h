// External programs as people read of them: beside the strategies they imitate.
#pragma once

#include "harness/analysis/originals.h"
#include "harness/print/table.h"
#include "harness/result/report.h"

namespace fanout {

// One row for each pair: what both cost, and how many times less CPU a request takes here.
Table originals_table(const std::vector<Original>& originals);

// What is to be known of the external programs in the table of cells: which run on what. "" if
// there is none.
std::string render_programs(const Report& report);

}  // namespace fanout
