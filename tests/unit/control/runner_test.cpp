#include "harness/control/runner.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "harness/machine/interrupt.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

Report report_of(std::size_t cells, unsigned rounds) {
  Plan plan;
  plan.rounds = rounds;
  plan.scenarios = {{.name = "mine", .requests = 10}};
  for (std::size_t i = 0; i < cells; ++i) {
    plan.cells.push_back({.strategy = "s" + std::to_string(i), .scenario = "mine"});
  }
  return empty_report(std::move(plan), {}, "fanout run");
}

// An execution that takes no time and is noted down as "round strategy".
struct Recorder {
  Log log;
  Run operator()(const Cell& cell, unsigned round) {
    log.push_back(std::to_string(round) + " " + cell.strategy);
    Run run;
    run.valid = true;
    run.makespan_ns = 1'000'000;
    run.requests = {.total = 10, .ok = 10, .failed = 0, .retried = 0};
    return run;
  }
};

const Observer kNobody{.before_run = [](auto&&...) {},
                       .after_set_aside = [](auto&&...) {},
                       .after_run = [](auto&&...) {}};

TEST(RunPlan, ExecutesEveryCellOncePerRoundInTheOrderOfTheRound) {
  Report report = report_of(5, 4);
  Log expected;
  for (unsigned round = 0; round < 4; ++round) {
    for (const std::size_t cell : round_order(report.plan, round)) {
      expected.push_back(std::to_string(round) + " s" + std::to_string(cell));
    }
  }
  Recorder recorder;
  run_plan(report, std::ref(recorder), kNobody);
  EXPECT_EQ(recorder.log, expected);
  EXPECT_EQ(report.status, Status::complete);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

TEST(RunPlan, NotesRoundAndPositionOfEveryRun) {
  Report report = report_of(3, 2);
  Recorder recorder;
  run_plan(report, std::ref(recorder), kNobody);
  for (unsigned round = 0; round < 2; ++round) {
    const auto order = round_order(report.plan, round);
    for (unsigned position = 0; position < 3; ++position) {
      const CellReport& cell = report.cells[order[position]];
      ASSERT_EQ(cell.runs.size(), 2U);
      EXPECT_EQ(cell.runs[round].round, round);
      EXPECT_EQ(cell.runs[round].position, position);
    }
  }
}

TEST(RunPlan, SummarisesEveryCell) {
  Report report = report_of(2, 3);
  Recorder recorder;
  run_plan(report, std::ref(recorder), kNobody);
  for (const CellReport& cell : report.cells) {
    EXPECT_EQ(cell.summary.valid_runs, 3U);
    EXPECT_EQ(cell.summary.makespan_ns.median, 1'000'000);
    EXPECT_EQ(cell.summary.requests_per_second.median, 10'000);  // 10 in 1 ms
  }
}

TEST(RunPlan, StopsForTheTimeBudgetOnlyAfterAWholeRoundAndSaysSo) {
  Report report = report_of(3, 100);
  report.plan.time_budget = 1ms;
  unsigned runs = 0;
  const auto slow = [&](const Cell&, unsigned) {
    ++runs;
    std::this_thread::sleep_for(2ms);  // spent during the first run already
    return fanout::Run{};
  };
  run_plan(report, slow, kNobody);
  EXPECT_EQ(runs, 3U);
  EXPECT_EQ(report.stopped_by, StoppedBy::time_budget);
  EXPECT_EQ(report.status, Status::complete);
}

TEST(RunPlan, DoesNotBlameTheBudgetForEndingWithTheLastRound) {
  Report report = report_of(1, 1);
  report.plan.time_budget = 1ns;
  Recorder recorder;
  run_plan(report, std::ref(recorder), kNobody);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

TEST(RunPlan, StopsFromTenRoundsOnOnceEveryMakespanIsPreciseEnough) {
  Report report = report_of(2, 20);
  report.plan.precision = 0.03;
  Recorder recorder;
  run_plan(report, std::ref(recorder), kNobody);  // makespans are all the same
  EXPECT_EQ(report.cells[0].runs.size(), 10U);
  EXPECT_EQ(report.stopped_by, StoppedBy::interval_width);
  EXPECT_EQ(report.status, Status::complete);
}

TEST(RunPlan, GoesOnWhileOneCellIsNotPreciseEnough) {
  Report report = report_of(2, 20);
  report.plan.precision = 0.03;
  Recorder recorder;
  const auto execute = [&](const Cell& cell, unsigned round) {
    fanout::Run run = recorder(cell, round);
    if (cell.strategy == "s1" && round % 2 == 0) run.makespan_ns *= 2;
    return run;
  };
  run_plan(report, execute, kNobody);
  EXPECT_EQ(report.cells[0].runs.size(), 20U);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

// The makespans of an open loop are its schedule's, and always precise.
TEST(RunPlan, LooksAtWhatTheModeDoesNotGive) {
  Report report = report_of(1, 20);
  report.plan.precision = 0.03;
  report.plan.scenarios.front().mode = Mode::open;
  Recorder recorder;
  const auto execute = [&](const Cell& cell, unsigned round) {
    fanout::Run run = recorder(cell, round);
    run.cpu_ns = round % 2 == 0 ? 1'000'000 : 2'000'000;
    return run;
  };
  run_plan(report, execute, kNobody);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

TEST(RunPlan, RunsReferencesInEveryRoundBesideTheCells) {
  Plan plan = report_of(2, 3).plan;
  plan.references = {{Role::twin, plan.cells[1]}};
  Report report = empty_report(plan, {}, "fanout run");
  Recorder recorder;
  std::size_t observed = 0;
  Observer observer = kNobody;
  observer.after_run = [&](const Report& r, std::size_t row) {
    observed += row_of(r, row).runs.size();
  };
  run_plan(report, std::ref(recorder), observer);
  EXPECT_EQ(recorder.log.size(), 9U);
  EXPECT_EQ(observed, 3U * (1 + 2 + 3));
  for (const CellReport& cell : report.cells) EXPECT_EQ(cell.runs.size(), 3U);
  ASSERT_EQ(report.references.size(), 1U);
  EXPECT_EQ(report.references[0].cell, plan.cells[1]);
  EXPECT_EQ(report.references[0].summary.valid_runs, 3U);
}

TEST(RunPlan, KeepsWhatWasMeasuredWhenInterrupted) {
  Report report = report_of(3, 10);
  Recorder recorder;
  const auto execute = [&](const Cell& cell, unsigned round) {
    if (recorder.log.size() == 4) throw Interrupted();  // in the second round
    return recorder(cell, round);
  };
  run_plan(report, execute, kNobody);
  EXPECT_EQ(report.status, Status::interrupted);
  EXPECT_EQ(report.stopped_by, StoppedBy::interrupt);
  std::size_t kept = 0;
  for (const CellReport& cell : report.cells) kept += cell.runs.size();
  EXPECT_EQ(kept, 4U);
}

TEST(RunPlan, LetsOtherExceptionsPass) {
  Report report = report_of(1, 1);
  const auto execute = [](const Cell&, unsigned) -> fanout::Run { throw RunError("no memory"); };
  EXPECT_THROW(run_plan(report, execute, kNobody), RunError);
}

TEST(RunPlan, TellsTheObserverBeforeAndAfterEveryRun) {
  Report report = report_of(2, 2);
  Log log;
  const auto name = [](const Report& r, std::size_t cell) { return r.cells[cell].cell.strategy; };
  const auto runs = [](const Report& r, std::size_t cell) {
    return std::to_string(r.cells[cell].runs.size());
  };
  const auto execute = [&](const Cell& cell, unsigned) {
    log.push_back("run " + cell.strategy);
    return fanout::Run{};
  };
  run_plan(report, execute,
           {.before_run =
                [&](const Report& r, std::size_t cell, unsigned) {
                  log.push_back("before " + name(r, cell) + " with " + runs(r, cell));
                },
            .after_set_aside = [](auto&&...) {},
            .after_run =
                [&](const Report& r, std::size_t cell) {
                  log.push_back("after " + name(r, cell) + " with " + runs(r, cell));
                }});
  Log expected;
  for (unsigned round = 0; round < 2; ++round) {
    for (const std::size_t cell : round_order(report.plan, round)) {
      const std::string strategy = "s" + std::to_string(cell);
      expected.push_back("before " + strategy + " with " + std::to_string(round));
      expected.push_back("run " + strategy);
      expected.push_back("after " + strategy + " with " + std::to_string(round + 1));
    }
  }
  EXPECT_EQ(log, expected);
}

// Runs one cell for 2 rounds; `nth` is what the n-th execution returns (from 0).
Report with_noise(const std::function<fanout::Run(unsigned)>& nth, bool real_targets = false) {
  Report report = report_of(1, 2);
  if (real_targets) report.plan.scenarios[0].answered_by = RealTargets{.urls = 1, .origins = 1};
  unsigned executions = 0;
  run_plan(
      report, [&](const Cell&, unsigned) { return nth(executions++); }, kNobody);
  return report;
}

fanout::Run noisy_if(bool noisy, bool valid, std::int64_t makespan_ns) {
  fanout::Run run;
  run.valid = valid;
  run.makespan_ns = makespan_ns;
  run.requests.total = run.requests.ok = 1;
  if (noisy) run.flags = {Flag::noisy};
  return run;
}

TEST(RunPlan, RepeatsANoisyRunOnceAndKeepsTheFirstTryAside) {
  const Report report = with_noise([](unsigned n) { return noisy_if(n < 2, true, 10 + n); });
  const CellReport& cell = report.cells[0];
  ASSERT_EQ(cell.runs.size(), 2U);  // executions 1, noisy again, and 2
  ASSERT_EQ(cell.set_aside.size(), 1U);
  EXPECT_EQ(cell.set_aside[0].makespan_ns, 10);
  EXPECT_EQ(cell.runs[0].makespan_ns, 11);
  EXPECT_EQ(cell.runs[1].makespan_ns, 12);
  EXPECT_EQ(cell.runs[1].round, 1U);
  EXPECT_EQ(cell.summary.noisy_runs, 1U);
}

TEST(RunPlan, DoesNotRepeatWhatAQuotaWouldStopAgain) {
  fanout::Run throttled = noisy_if(false, true, 10);
  throttled.flags = {Flag::throttled};
  EXPECT_EQ(with_noise([&](unsigned) { return throttled; }).cells[0].set_aside.size(), 0U);
}

TEST(RunPlan, TellsOfWhatItSetsAsideBeforeTheRunThatTakesItsPlace) {
  Report report = report_of(1, 1);
  unsigned executions = 0;
  std::vector<std::string> told;
  Observer observer = kNobody;
  observer.after_set_aside = [&](const Report& r, std::size_t row) {
    told.push_back("aside " + std::to_string(row_of(r, row).set_aside.back().makespan_ns));
  };
  observer.after_run = [&](const Report& r, std::size_t row) {
    told.push_back("run " + std::to_string(row_of(r, row).runs.back().makespan_ns));
  };
  run_plan(
      report, [&](const Cell&, unsigned) { return noisy_if(true, true, ++executions); }, observer);
  EXPECT_EQ(told, (std::vector<std::string>{"aside 1", "run 2"}));
}

TEST(RunPlan, NeverRepeatsAnInvalidRun) {
  const Report report = with_noise([](unsigned n) { return noisy_if(true, n > 0, 10 + n); });
  const CellReport& cell = report.cells[0];
  EXPECT_FALSE(cell.runs[0].valid);
  EXPECT_EQ(cell.set_aside.size(), 1U);  // of round 1
  EXPECT_EQ(cell.set_aside[0].round, 1U);
}

TEST(RunPlan, AsksRealTargetsOnce) {
  const Report report = with_noise([](unsigned) { return noisy_if(true, true, 10); }, true);
  EXPECT_EQ(report.cells[0].set_aside.size(), 0U);
  EXPECT_EQ(report.cells[0].summary.noisy_runs, 2U);
}

TEST(RunPlan, SaysNothingOfWhyItStoppedWhileRunning) {
  Report report = report_of(1, 2);
  Recorder recorder;
  Observer observer = kNobody;
  observer.after_run = [](const Report& r, std::size_t) {
    EXPECT_EQ(r.status, Status::running);
    EXPECT_EQ(r.stopped_by, StoppedBy::nothing);
  };
  run_plan(report, std::ref(recorder), observer);
}

}  // namespace
}  // namespace fanout
