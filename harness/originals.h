// External programs beside the strategies they imitate: the same work, in the articles' own words
// and in fanout's.
#pragma once

#include "harness/report.h"
#include "harness/table.h"

namespace fanout {

// The cell of an external program in this scenario with so many workers, or null.
const CellReport* program_cell(const Report& report, const Scenario& scenario,
                               std::string_view name, unsigned workers);

// One row for each cell of fanout's own strategies and each program with as many workers that
// imitates its strategy, or none in particular: what both cost, and how many times less CPU a
// request takes here. Empty if there is no such pair.
Table originals_table(const Report& report, const Scenario& scenario);

// What is to be known of the external programs in the table of cells: which run on what. "" if
// there is none.
std::string render_programs(const Report& report);

}  // namespace fanout
