#include "harness/control/runner.h"

#include <algorithm>

#include "base/clock.h"
#include "harness/control/hopeless.h"
#include "harness/machine/interrupt.h"
#include "harness/statistics/ranking.h"

namespace fanout {
namespace {

// Makes one run of the row; if it was noisy, sets it aside and makes it once more, unless an
// earlier try of the round was set aside before the measurement was stopped. What is not valid
// stays, or a failure would go unseen; and real targets are never asked twice. A quota would stop
// the second try as it did the first.
Run run_row(Report& report, std::size_t index, const Observer& observer,
            const std::function<Run()>& execute) {
  CellReport& row = row_of(report, index);
  Run run = execute();
  const bool may_repeat =
      scenario_of(report.plan, row.cell).real_targets() == nullptr &&
      std::ranges::find(row.set_aside, run.round, &Run::round) == row.set_aside.end();
  if (!may_repeat || !run.valid || !has_flag(run, Flag::noisy)) return run;
  row.set_aside.push_back(std::move(run));
  observer.after_set_aside(report, index);
  return execute();
}

// Makes the runs of the round that the report has not yet. Returns whether to go on: not if that is
// hopeless.
bool run_round(Report& report, unsigned round, const Execute& execute, const Observer& observer) {
  const std::size_t rows = planned_rows(report);
  unsigned position = 0;
  for (const std::size_t index : round_order(report.plan, round)) {
    CellReport& row = row_of(report, index);
    const unsigned place = position++;
    if (row.runs.size() > round) continue;
    observer.before_run(report, index, round);
    row.runs.push_back(run_row(report, index, observer, [&] {
      Run run = execute(row.cell, round);
      run.round = round;
      run.position = place;
      return run;
    }));
    observer.after_run(report, index);
    const bool round_done = position == rows;
    if (round_done && round + 1 == report.plan.rounds) return true;
    if (!report.plan.keep_going && is_hopeless(report, round_done)) return false;
  }
  return true;
}

// What a cell is run for: the figure of it that is not given by the mode.
double (*figure_of(Mode mode))(const Run&) {
  switch (mode) {
    case Mode::batch:
      break;
    case Mode::steady:
      return throughput;
    case Mode::open:
      return cpu_us_per_request;
  }
  return [](const Run& run) { return static_cast<double>(run.makespan_ns); };
}

// Whether every cell has an interval, and it is narrow enough.
bool precise_enough(const Report& report) {
  if (!report.plan.precision) return false;
  return std::ranges::all_of(report.cells, [&](const CellReport& cell) {
    const auto figure = figure_of(scenario_of(report.plan, cell.cell).mode);
    std::vector<double> values;
    for (const Run& run : cell.runs) {
      if (run.valid) values.push_back(figure(run));
    }
    const Interval seen = median_interval(std::move(values));
    return seen.low && (*seen.high - *seen.low) / 2 <= *report.plan.precision * seen.median;
  });
}

// Why no further round is begun; nothing: one is.
StoppedBy reason_to_stop(const Report& report, unsigned rounds_done, std::int64_t elapsed_ns) {
  const Plan& plan = report.plan;
  if (rounds_done == plan.rounds) return StoppedBy::rounds;
  if (rounds_done >= kLeastRoundsToRank && precise_enough(report)) {
    return StoppedBy::interval_width;
  }
  if (plan.time_budget && elapsed_ns >= plan.time_budget->count()) return StoppedBy::time_budget;
  return StoppedBy::nothing;
}

// Why no round is begun after those that the report has; amid one, or before the first, one is.
StoppedBy reason_not_to_begin(const Report& report, unsigned rounds_done) {
  const bool amid_a_round = measured_runs(report) > rounds_done * planned_rows(report);
  return amid_a_round ? StoppedBy::nothing : reason_to_stop(report, rounds_done, 0);
}

}  // namespace

void run_plan(Report& report, const Execute& execute, const Observer& observer) {
  const std::int64_t started_ns = now_ns();
  try {
    unsigned round = whole_rounds(report);
    StoppedBy stopped_by = reason_not_to_begin(report, round);
    for (; stopped_by == StoppedBy::nothing; ++round) {
      const bool go_on = run_round(report, round, execute, observer);
      stopped_by = reason_to_stop(report, round + 1, now_ns() - started_ns);
      if (!go_on) stopped_by = StoppedBy::no_success;
    }
    report.status = Status::complete;
    report.stopped_by = stopped_by;
  } catch (const Interrupted&) {
    report.status = Status::interrupted;
    report.stopped_by = StoppedBy::interrupt;
  }
  summarize_rows(report);
}

}  // namespace fanout
