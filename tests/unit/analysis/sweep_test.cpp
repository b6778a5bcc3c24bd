#include "harness/analysis/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/statistics/slope.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::StartsWith;
using unit_test::add_cell;
using unit_test::bare_report;

TEST(ModelKnee, IsTheWorkersThatKeepTheCpusBusy) {
  // Of 17 ms + 50 us a request keeps a CPU busy for 50 us: 341 fill one, 682 two.
  EXPECT_DOUBLE_EQ(model_knee(1, 17e6, 50e3), 341);
  EXPECT_DOUBLE_EQ(model_knee(2, 17e6, 50e3), 682);
  EXPECT_DOUBLE_EQ(model_knee(1, 0, 50e3), 1);
}

TEST(Sweeps, FindTheFewestWorkersThatReach95PercentOfTheBest) {
  Report report = bare_report();
  // Throughput 1000, 1900, 1980, 2000 requests/s: 95 % of the best is 1900.
  add_cell(report, "thread_pool", 1, {200, 200, 200});
  add_cell(report, "thread_pool", 2, {105.26});
  add_cell(report, "thread_pool", 4, {101.01});
  add_cell(report, "thread_pool", 8, {100});
  const auto sweeps = sweeps_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(sweeps.size(), 1U);
  EXPECT_EQ(sweeps[0].knee_workers(), 2U);
  EXPECT_EQ(sweeps[0].best_workers, 8U);
  EXPECT_EQ(sweeps[0].most_workers, 8U);
  EXPECT_FALSE(sweeps[0].knee_at_end());
}

TEST(Sweeps, CountOnlyWhatSucceeds) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, {300, 300, 300});
  add_cell(report, "thread_pool", 3, {100, 100, 100});
  add_cell(report, "thread_pool", 10, {40, 40, 40});  // the server refuses most of it at once
  CellReport& refused = report.cells[2];
  for (auto& run : refused.runs) {
    run.requests.ok = run.requests.total / 2;
    run.requests.failed = run.requests.total - run.requests.ok;
  }
  refused.summary = summarize(refused.runs);
  const Sweep sweep = sweeps_of(report, report.plan.scenarios[0]).at(0);
  EXPECT_EQ(sweep.best_workers, 3U);
  EXPECT_EQ(sweep.knee_workers(), 3U);
}

TEST(Sweeps, GiveAPointTheBenefitOfItsInterval) {
  Report report = bare_report();
  // The median of 2 workers is 90 % of the best, but the fastest of its 6 runs, the upper limit of
  // its interval, reaches 95 %.
  add_cell(report, "thread_pool", 2, {111, 111, 111, 111, 111, 104});
  add_cell(report, "thread_pool", 4, {100, 100, 100, 100, 100, 100});
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).knee_workers(), 2U);
}

TEST(Sweeps, SayWhenTheKneeIsTheEndOfWhatWasTried) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  const Sweep sweep = sweeps_of(report, report.plan.scenarios[0]).at(0);
  EXPECT_TRUE(sweep.knee_at_end());
  EXPECT_EQ(
      in_words(sweep),
      "knee at 4 workers, the most tested: more may buy more; no peak seen up to 4: 2 numbers "
      "of workers, a peak needs 6");
}

TEST(Sweeps, SayWhenTheServerIsTheLimitAtTheEnd) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  report.cells[1].summary.limited_by = Limit::server;
  EXPECT_THAT(in_words(sweeps_of(report, report.plan.scenarios[0]).at(0)),
              StartsWith("knee at 4 workers, the most tested, where the server is the limit; "));
}

TEST(Sweeps, SayThatThroughputFallsEvenWithoutALaw) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, std::vector<double>(10, 400));
  add_cell(report, "thread_pool", 4, std::vector<double>(10, 100));
  add_cell(report, "thread_pool", 8, std::vector<double>(10, 200));
  EXPECT_EQ(
      peak_in_words(sweeps_of(report, report.plan.scenarios[0]).at(0)),
      "throughput falls beyond 4 workers; no law named: 3 numbers of workers, a peak needs 6");
}

// Throughput is then the rate that was asked for, whatever the workers.
TEST(Sweeps, LeaveOutModeOpen) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).size(), 1U);
  report.plan.scenarios[0].mode = Mode::open;
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).size(), 0U);
}

TEST(Sweeps, LeaveOutSingleAndInvalidCellsAndKeepTheOrder) {
  Report report = bare_report();
  add_cell(report, "sequential", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  add_cell(report, "event_loop", 4, {100});
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "event_loop", 1, {});
  add_cell(report, "event_loop", 2, {200});
  const auto sweeps = sweeps_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(sweeps.size(), 2U);
  EXPECT_EQ(sweeps[0].at_knee.strategy, "thread_pool");
  EXPECT_EQ(sweeps[1].at_knee.strategy, "event_loop");
  EXPECT_EQ(sweeps[1].most_workers, 4U);
}

TEST(Sweeps, CountForTheModelOnlyCpusThatTheThreadsCanUse) {
  Report report = bare_report();
  report.environment.client_cpus = {0, 1, 2, 3};
  // 8 ms of CPU for 200 requests is 40 us each, held for 10 ms: 251 workers per CPU.
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  for (CellReport& cell : report.cells) {
    for (auto& run : cell.runs) run.threads = 2;
  }
  EXPECT_DOUBLE_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).model_knee_workers.value(),
                   502);
}

TEST(Sweeps, CountForTheModelNoMoreCpusThanAQuotaAllows) {
  Report report = bare_report();
  report.environment.cpus = 0.5;
  add_cell(report, "thread_pool", 1, {400});
  add_cell(report, "thread_pool", 4, {100});
  for (const std::vector<int>& client : {std::vector<int>{0}, std::vector<int>{}}) {
    report.environment.client_cpus = client;
    EXPECT_DOUBLE_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).model_knee_workers.value(),
                     125.5);
  }
}

TEST(TheilSenSlope, IsTheMedianOfTheSlopesBetweenPairs) {
  using Points = std::vector<std::pair<double, double>>;
  EXPECT_EQ(theil_sen_slope(Points{}), std::nullopt);
  EXPECT_EQ(theil_sen_slope(Points{{1, 5}, {1, 9}}), std::nullopt);
  EXPECT_EQ(theil_sen_slope(Points{{1, 5}, {3, 9}}), 2);
  // Of 10 pairs the one odd point is in 4: it moves nothing. Least squares would say 14.7.
  EXPECT_EQ(theil_sen_slope(Points{{1, 12}, {2, 14}, {3, 16}, {4, 18}, {10, 130}}), 2);
}

// Peak memory in KiB of each cell's runs, by round.
void set_memory(Report& report, std::size_t cell, const std::vector<std::int64_t>& kib) {
  for (std::size_t i = 0; i < kib.size(); ++i) {
    report.cells[cell].runs[i].peak_memory_bytes = kib[i] * 1024;
  }
}

TEST(Sweeps, FindTheMemoryOfAWorker) {
  Report report = bare_report();
  for (const unsigned workers : {1U, 2U, 10U}) add_cell(report, "thread_pool", workers, {9, 9, 9});
  // 100 KiB each in one round, 99 and 102 in the others; on 10 MiB that are there anyway.
  set_memory(report, 0, {10'100, 10'099, 10'102});
  set_memory(report, 1, {10'200, 10'198, 10'204});
  set_memory(report, 2, {11'000, 10'990, 11'020});
  const auto found = sweeps_of(report, report.plan.scenarios[0]).at(0).memory_bytes_per_worker;
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->median, 100 * 1024);
  EXPECT_EQ(found->low, std::nullopt) << "3 rounds give no limits";
}

TEST(Sweeps, FindNoMemoryOfAWorkerInFewerThanThreePoints) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 1, {9});
  add_cell(report, "thread_pool", 2, {9});
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).memory_bytes_per_worker,
            std::nullopt);
  add_cell(report, "thread_pool", 3, {});  // not valid: no point
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).memory_bytes_per_worker,
            std::nullopt);
  // A round in which one of them is not valid does not count.
  add_cell(report, "thread_pool", 4, {9});
  report.cells.back().runs[0].round = 1;
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0]).at(0).memory_bytes_per_worker,
            std::nullopt);
}

}  // namespace
}  // namespace fanout
