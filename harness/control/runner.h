// Works off a plan: round after round, every cell once in each, and keeps the report up to date.
#pragma once

#include <functional>

#include "harness/result/report.h"

namespace fanout {

// How one cell is executed once; harness/control/cell_runner.h in production, a recorder in tests.
using Execute = std::function<Run(const Cell& cell, unsigned round)>;

// Who is told of runs. Called between them only, so nobody watches what is being measured. `row` is
// an index of row_of().
struct Observer {
  std::function<void(const Report&, std::size_t row, unsigned round)> before_run;
  // The run was noisy, so it is made once more; it is the last that the row has set aside.
  std::function<void(const Report&, std::size_t row)> after_set_aside;
  // The run is the last of the row's. Summaries are made at the end.
  std::function<void(const Report&, std::size_t row)> after_run;
};

// Runs the report's plan, at least one round, until its rounds are done, its intervals are narrow
// enough or its time budget is spent (both looked at after whole rounds only), its real targets are
// hopeless (harness/control/hopeless.h), or `execute` throws Interrupted; says which in the report,
// and makes its summaries. Other exceptions pass. A report that has runs goes on behind them: the
// others of the round that was stopped are made, then the rounds after it; the budget begins anew.
void run_plan(Report& report, const Execute& execute, const Observer& observer);

}  // namespace fanout
