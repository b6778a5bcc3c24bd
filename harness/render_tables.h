// The tables a report is made of; harness/render.cpp puts words around them.
#pragma once

#include "harness/report.h"
#include "harness/table.h"

namespace fanout {

// One row per cell of the scenario.
Table cells_table(const Report& report, const Scenario& scenario);
// Workers down, strategies across, median makespan with its interval inside.
Table sweep_table(const Report& report, const Scenario& scenario);
// One row per run, unit in the column name.
Table runs_table(const Report& report);

// Whether a cell's HTTP library is another than that of its scenario's first row.
bool is_other_stack(const Report& report, const Cell& cell);

}  // namespace fanout
