#include "harness/runner.h"

#include "base/clock.h"
#include "harness/interrupt.h"

namespace fanout {
namespace {

void run_round(Report& report, unsigned round, const Execute& execute, const Observer& observer) {
  unsigned position = 0;
  for (const std::size_t index : round_order(report.plan, round)) {
    CellReport& cell = report.cells[index];
    observer.before_run(report, index, round);
    Run run = execute(cell.cell, round);
    run.round = round;
    run.position = position++;
    cell.runs.push_back(std::move(run));
    cell.summary = summarize(cell.runs);
    observer.after_run(report, index);
  }
}

}  // namespace

void run_plan(Report& report, const Execute& execute, const Observer& observer) {
  const std::int64_t started_ns = now_ns();
  std::string stopped_by = "rounds";
  try {
    for (unsigned round = 0; round < report.plan.rounds; ++round) {
      run_round(report, round, execute, observer);
      const auto& budget = report.plan.time_budget;
      if (budget && now_ns() - started_ns >= budget->count() && round + 1 < report.plan.rounds) {
        stopped_by = "time budget";
        break;
      }
    }
    report.status = "complete";
    report.stopped_by = stopped_by;
  } catch (const Interrupted&) {
    report.stopped_by = "interrupt";
    report.status = "interrupted";
  }
}

}  // namespace fanout
