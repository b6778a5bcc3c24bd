#include "harness/control/hopeless.h"

#include <gtest/gtest.h>

#include "harness/control/runner.h"

namespace fanout {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

// Measures four cells on real targets, whose runs all end so; returns how many were made.
std::size_t runs_made(Report& report, std::uint64_t ok, const char* error, unsigned rounds = 3) {
  report.plan.rounds = rounds;
  report.plan.scenarios = {{.name = "urls", .requests = 5}};
  report.plan.scenarios[0].answered_by = RealTargets{.urls = 5, .origins = 1};
  for (const char* strategy : {"a", "b", "c", "d"}) {
    report.plan.cells.push_back({.strategy = strategy, .scenario = "urls"});
    report.cells.push_back({report.plan.cells.back(), {}, {}});
  }
  std::size_t runs = 0;
  const Execute execute = [&](const Cell&, unsigned) {
    Run run;
    run.valid = ok > 0;
    run.makespan_ns = 1;
    run.requests = {.total = 5, .ok = ok, .failed = 5 - ok};
    run.errors = {{error, 5 - ok}};
    ++runs;
    return run;
  };
  run_plan(report, execute, {[](auto&&...) {}, [](auto&&...) {}, [](auto&&...) {}});
  return runs;
}

TEST(Hopeless, IsARoundWithoutASuccess) {
  Report report;
  EXPECT_EQ(runs_made(report, 0, "refused"), 4U);
  EXPECT_EQ(report.stopped_by, StoppedBy::no_success);
  EXPECT_EQ(report.status, Status::complete);
}

TEST(Hopeless, AreTwoRunsThatWaitedInVain) {
  Report report;
  EXPECT_EQ(runs_made(report, 0, "timeout"), 2U);
  EXPECT_EQ(report.stopped_by, StoppedBy::no_success);
}

TEST(Hopeless, AreTwoRunsWithoutTls) {
  Report report;
  EXPECT_EQ(runs_made(report, 0, "tls"), 2U);
  EXPECT_EQ(report.stopped_by, StoppedBy::no_success);
}

TEST(Hopeless, IsNothingWhereARequestSucceeds) {
  Report report;
  EXPECT_EQ(runs_made(report, 1, "timeout"), 12U);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

TEST(Hopeless, IsNotSaidOfTheLastRunOfAll) {
  Report report;
  EXPECT_EQ(runs_made(report, 0, "refused", 1), 4U);
  EXPECT_EQ(report.stopped_by, StoppedBy::rounds);
}

TEST(Hopeless, IsNoReasonIfItIsToGoOn) {
  Report report;
  report.plan.keep_going = true;
  EXPECT_EQ(runs_made(report, 0, "timeout"), 12U);
}

TEST(WaitsInVain, NeedsTimeAndSeveralRequestsThatAllWaited) {
  const Sample waited{.outcome = Outcome::timeout, .finishes = 1};
  const Sample under_way{.starts = 1};
  std::vector<Sample> samples{waited, waited, under_way, under_way};
  EXPECT_FALSE(waits_in_vain(samples, 60 * kSecond));
  samples[2] = {.outcome = Outcome::connect_timeout, .finishes = 1};
  EXPECT_TRUE(waits_in_vain(samples, 20 * kSecond));
  EXPECT_FALSE(waits_in_vain(samples, 19 * kSecond));
  samples[3] = {.outcome = Outcome::bad_status, .finishes = 1};
  EXPECT_FALSE(waits_in_vain(samples, 60 * kSecond));
}

}  // namespace
}  // namespace fanout
