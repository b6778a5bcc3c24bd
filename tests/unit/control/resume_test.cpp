// Reports that have runs already: run_plan() makes the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/control/runner.h"
#include "harness/machine/interrupt.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kCells = 3;

Report resumable(unsigned rounds) {
  Plan plan;
  plan.rounds = rounds;
  plan.seed = 7;
  plan.scenarios = {{.name = "mine", .requests = 10}};
  for (std::size_t i = 0; i < kCells; ++i) {
    plan.cells.push_back({.strategy = "s" + std::to_string(i), .scenario = "mine"});
  }
  return empty_report(std::move(plan), {}, "fanout run");
}

const Observer kNobodyWatches{.before_run = [](auto&&...) {},
                              .after_set_aside = [](auto&&...) {},
                              .after_run = [](auto&&...) {}};

// Executes so many runs, then is interrupted; what it ran is noted as "round strategy".
struct Interrupting {
  unsigned left;
  std::vector<std::string> log{};
  bool noisy = false;
  Run operator()(const Cell& cell, unsigned round) {
    if (left-- == 0) throw Interrupted();
    log.push_back(std::to_string(round) + " " + cell.strategy);
    Run run;
    run.valid = true;
    run.makespan_ns = 1'000'000;
    run.requests = {.total = 10, .ok = 10, .failed = 0, .retried = 0};
    if (noisy) run.flags = {Flag::noisy};
    return run;
  }
};

std::vector<std::string> run_for(Report& report, unsigned runs, bool noisy = false) {
  Interrupting execute{.left = runs, .noisy = noisy};
  run_plan(report, std::ref(execute), kNobodyWatches);
  return execute.log;
}

TEST(RunPlan, StoppedAnywhereAndGoneOnWithIsAsIfItHadNeverStopped) {
  constexpr unsigned kRounds = 4;
  Report whole = resumable(kRounds);
  const auto expected = run_for(whole, 1000);
  ASSERT_THAT(expected, SizeIs(kRounds * kCells));
  for (unsigned stopped_after = 0; stopped_after <= expected.size(); ++stopped_after) {
    Report report = resumable(kRounds);
    auto log = run_for(report, stopped_after);
    EXPECT_EQ(measured_runs(report), stopped_after);
    note_resumption(report);
    const auto rest = run_for(report, 1000);
    log.insert(log.end(), rest.begin(), rest.end());
    EXPECT_EQ(log, expected) << stopped_after;
    EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
    EXPECT_EQ(report.resumed.front().rounds, stopped_after / kCells);
    EXPECT_EQ(report.resumed.front().runs, stopped_after);
    for (std::size_t i = 0; i < kCells; ++i) {
      for (unsigned round = 0; round < kRounds; ++round) {
        EXPECT_EQ(report.cells[i].runs[round].round, round);
        EXPECT_EQ(report.cells[i].runs[round].position, whole.cells[i].runs[round].position);
      }
    }
  }
}

TEST(RunPlan, MakesTheSecondTryOfARunThatWasSetAsideBeforeItWasStopped) {
  Report report = resumable(1);
  (void)run_for(report, 1, true);  // the first try of the first row, which is noisy
  const std::size_t first = round_order(report.plan, 0).front();
  ASSERT_THAT(report.cells[first].set_aside, SizeIs(1));
  ASSERT_THAT(report.cells[first].runs, IsEmpty());
  EXPECT_THAT(run_for(report, 1000, true), SizeIs(1 + 2 * (kCells - 1)));
  for (const CellReport& cell : report.cells) {
    EXPECT_THAT(cell.set_aside, SizeIs(1));
    EXPECT_THAT(cell.runs, SizeIs(1));
  }
}

TEST(RunPlan, GoesOnForAnotherTimeBudget) {
  Report report = resumable(3);
  report.plan.time_budget = 1ns;
  EXPECT_THAT(run_for(report, 1000), SizeIs(kCells));
  EXPECT_EQ(report.stopped_by, StoppedBy::time_budget);
  EXPECT_THAT(run_for(report, 1000), SizeIs(kCells));
  EXPECT_THAT(run_for(report, 1000), SizeIs(kCells));
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
  EXPECT_THAT(run_for(report, 1000), IsEmpty());
}

// It was not precise enough when the round was begun, so that one is finished.
TEST(RunPlan, FinishesTheRoundInWhichItWasStoppedHoweverPreciseItIs) {
  Report report = resumable(20);
  (void)run_for(report, 10 * kCells + 1);
  report.plan.precision = 0.03;
  EXPECT_THAT(run_for(report, 1000), SizeIs(kCells - 1));
  EXPECT_EQ(report.stopped_by, StoppedBy::interval_width);
  for (const CellReport& cell : report.cells) EXPECT_THAT(cell.runs, SizeIs(11));
}

TEST(RunPlan, BeginsNoRoundThatWasNotNeededWhenItWasStopped) {
  Report report = resumable(20);
  (void)run_for(report, 10 * kCells);
  report.plan.precision = 0.03;
  EXPECT_THAT(run_for(report, 1000), IsEmpty());
  EXPECT_EQ(report.status, Status::complete);
  EXPECT_EQ(report.stopped_by, StoppedBy::interval_width);
}

}  // namespace
}  // namespace fanout
