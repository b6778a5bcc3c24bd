// The tables a report is made of; harness/print/render.cpp puts words around them.
#pragma once

#include "harness/analysis/analysis.h"
#include "harness/print/table.h"
#include "harness/result/report.h"

namespace fanout {

// One row per cell of the scenario. Both analyses are the report's.
Table cells_table(const Report& report, const Analysis& analysis, const ScenarioAnalysis& scenario);

// Whether a request of it failed, or was made again, in a run that is valid.
bool has_failures(const Report& report, const Scenario& scenario);
// One row per cell and outcome: of the requests that failed, and of the attempts made again.
Table failures_table(const Report& report, const Scenario& scenario);

// One figure over numbers of workers: workers down, strategies across.
struct SweepTable {
  std::string title;
  Table table;
};
// Makespan, throughput, efficiency and CPU per request, with their intervals; none if no strategy
// was planned with several numbers of workers.
std::vector<SweepTable> sweep_tables(const Report& report, const Scenario& scenario);
// One row per strategy and transport: where more workers stop buying throughput.
Table knees_table(const Report& report, const std::vector<Sweep>& sweeps);

// "205 ms [200 ms, 210 ms]", or the median alone if there is no interval.
std::string interval_text(const Interval& value, std::string (*text)(double));

// Half the interval's width relative to the median, "±1.2%"; "-" if there is none.
std::string spread(const Interval& value);

// One row per run, unit in the column name.
Table runs_table(const Report& report);

// How many runs did not do what their mode asks of them: a line for each way.
std::string strayed_runs(const Report& report);

}  // namespace fanout
