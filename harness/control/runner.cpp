#include "harness/control/runner.h"

#include <algorithm>

#include "base/clock.h"
#include "harness/machine/interrupt.h"
#include "harness/statistics/ranking.h"

namespace fanout {
namespace {

// Runs the cell once; if neighbours disturbed that, sets it aside and runs it once more. What is
// not valid stays, or a failure would go unseen; and real targets are never asked twice.
Run run_cell(CellReport& cell, bool may_repeat, const std::function<Run()>& execute) {
  Run run = execute();
  if (!may_repeat || !run.valid || !has_flag(run, "noisy")) return run;
  cell.set_aside.push_back(std::move(run));
  return execute();
}

void run_round(Report& report, unsigned round, const Execute& execute, const Observer& observer) {
  unsigned position = 0;
  for (const std::size_t index : round_order(report.plan, round)) {
    CellReport& cell = row_of(report, index);
    observer.before_run(report, index, round);
    const bool may_repeat = !scenario_of(report.plan, cell.cell).targets;
    cell.runs.push_back(run_cell(cell, may_repeat, [&] {
      Run run = execute(cell.cell, round);
      run.round = round;
      run.position = position;
      return run;
    }));
    ++position;
    cell.summary = summarize(cell.runs);
    observer.after_run(report, index);
  }
}

// What a cell is run for: the figure of it that is not given by the mode.
const Interval& figure_of(const CellReport& cell, Mode mode) {
  switch (mode) {
    case Mode::batch:
      break;
    case Mode::steady:
      return cell.summary.requests_per_second;
    case Mode::open:
      return cell.summary.cpu_us_per_request;
  }
  return cell.summary.makespan_ns;
}

// Whether every cell has an interval, and it is narrow enough.
bool precise_enough(const Report& report) {
  if (!report.plan.precision) return false;
  return std::ranges::all_of(report.cells, [&](const CellReport& cell) {
    const Interval& figure = figure_of(cell, scenario_of(report.plan, cell.cell).mode);
    return figure.low && (*figure.high - *figure.low) / 2 <= *report.plan.precision * figure.median;
  });
}

// Why no further round is begun, or "".
std::string reason_to_stop(const Report& report, unsigned rounds_done, std::int64_t elapsed_ns) {
  const Plan& plan = report.plan;
  if (rounds_done == plan.rounds) return "rounds";
  if (rounds_done >= kLeastRoundsToRank && precise_enough(report)) return "interval width";
  if (plan.time_budget && elapsed_ns >= plan.time_budget->count()) return "time budget";
  return {};
}

}  // namespace

void run_plan(Report& report, const Execute& execute, const Observer& observer) {
  const std::int64_t started_ns = now_ns();
  try {
    std::string stopped_by;
    for (unsigned round = 0; stopped_by.empty(); ++round) {
      run_round(report, round, execute, observer);
      stopped_by = reason_to_stop(report, round + 1, now_ns() - started_ns);
    }
    report.status = "complete";
    report.stopped_by = stopped_by;
  } catch (const Interrupted&) {
    report.stopped_by = "interrupt";
    report.status = "interrupted";
  }
}

}  // namespace fanout
