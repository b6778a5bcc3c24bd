#include "harness/analysis/recommendation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/verdict.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using unit_test::add_cell;
using unit_test::bare_report;

std::optional<Recommendation> recommended(const Report& report) {
  return recommend(report, report.plan.scenarios.front());
}

std::vector<double> ten(double ms) { return std::vector<double>(10, ms); }

void set_cpu_us(CellReport& cell, double us_per_request) {
  for (auto& run : cell.runs) run.cpu_ns = static_cast<std::int64_t>(us_per_request * 200 * 1e3);
  cell.summary = summarize(cell.runs);
}

TEST(Recommend, NamesTheFastestAndTheCheapestAndTheSimplestWithinFivePercent) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 16, ten(104));
  add_cell(report, "thread_pool", 64, ten(103));
  add_cell(report, "event_loop", 64, ten(100));
  add_cell(report, "process_pool", 1, ten(106));  // cheaper and simpler, but too slow
  set_cpu_us(report.cells[0], 40);
  set_cpu_us(report.cells[1], 30);
  set_cpu_us(report.cells[2], 60);
  set_cpu_us(report.cells[3], 10);
  const auto found = recommended(report);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fastest, report.cells[2].cell);
  EXPECT_EQ(found->cheapest, report.cells[1].cell);
  EXPECT_EQ(found->simplest, report.cells[0].cell);
  EXPECT_THAT(
      found->lines,
      ElementsAre(
          "Fastest: event_loop / curl with 64 workers, 100 ms [100 ms, 100 ms], 60.0 us of CPU "
          "per request.",
          "Cheapest by median within 5 % of it: thread_pool / curl with 64 workers, 103 ms [103 "
          "ms, "
          "103 ms], 30.0 us of CPU per request. No more than 64 were tried: more may buy more.",
          "Fewest workers within 5 % of it: thread_pool / curl with 16 workers, 104 ms [104 "
          "ms, 104 ms]."));
}

// Workers that had nothing to do show nothing.
TEST(Recommend, RanksNothingWhereRequestsAreFewerThanWorkers) {
  Report report = bare_report();
  add_cell(report, "sequential", 1, ten(400));
  add_cell(report, "session_reuse", 1, ten(300));
  add_cell(report, "event_loop", 10, ten(100));
  report.plan.scenarios[0].requests = 9;
  const auto found = recommended(report);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->lines, ElementsAre("Not ranked: 9 requests a run are fewer than 10 workers; "
                                        "give -n 200 or more."));
  EXPECT_EQ(found->fastest, std::nullopt);
  for (const Verdict& verdict : verdicts_of(report, report.plan.scenarios[0])) {
    EXPECT_FALSE(verdict.ranking);
    EXPECT_THAT(verdict.declined, HasSubstr("9 requests a run are fewer than 10 workers"));
  }
  report.plan.scenarios[0].requests = 10;
  EXPECT_EQ(recommended(report)->fastest, report.cells[2].cell);
}

TEST(Recommend, RanksTheRestOfASweepWhoseRequestsAreFewerThanItsMostWorkers) {
  Report report = bare_report();
  add_cell(report, "event_loop", 4, ten(100));
  add_cell(report, "event_loop", 64, ten(90));
  add_cell(report, "thread_pool", 4, ten(110));
  add_cell(report, "thread_pool", 64, ten(120));
  report.plan.scenarios[0].requests = 40;
  const auto found = recommended(report);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->lines.front(), HasSubstr("Not ranked in full: 40 requests"));
  EXPECT_EQ(found->fastest, report.cells[0].cell);
}

// So many of the 200 requests of each run succeeded.
void set_answered(CellReport& cell, std::uint64_t ok) {
  for (auto& run : cell.runs) {
    run.requests.ok = ok;
    run.requests.failed = run.requests.total - ok;
  }
  cell.summary = summarize(cell.runs);
}

TEST(Recommend, LeavesOutWhatAnsweredLess) {
  Report report = bare_report();
  for (const char* strategy : {"few", "nearly", "all"}) add_cell(report, strategy, 4, ten(100));
  set_answered(report.cells[0], 150);
  set_answered(report.cells[1], 199);
  auto found = recommended(report);
  EXPECT_NE(found->fastest, report.cells[0].cell);
  EXPECT_EQ(found->lines.back(),
            "Left out: few / curl with 4 workers (75 % of its requests succeeded, fewer than 99 "
            "%).");
  report.plan.least_success = 0.7;
  found = recommended(report);
  EXPECT_EQ(found->lines.back(),
            "Left out: few / curl with 4 workers (75.0 % of the requests answered).");
  for (CellReport& cell : report.cells) set_answered(cell, 0);
  EXPECT_EQ(recommended(report)->lines.front(), "Nothing to recommend.");
}

TEST(Recommend, ComparesWhatWasAnsweredWhereTheDeadlineEndsTheRuns) {
  Report report = bare_report();
  report.plan.scenarios.front().deadline = std::chrono::milliseconds(100);
  add_cell(report, "a", 4, ten(100));
  add_cell(report, "b", 4, ten(101));
  set_answered(report.cells[0], 98);
  set_answered(report.cells[1], 100);
  set_cpu_us(report.cells[1], 90);
  const auto found = recommended(report);
  EXPECT_EQ(found->fastest, report.cells[1].cell);
  EXPECT_THAT(found->lines.front(), HasSubstr("Most answered by median: b / curl with 4 workers"));
  EXPECT_THAT(found->lines.front(), HasSubstr("2 cells within 5 % of it, of which a"));
}

TEST(Recommend, SaysThatMoreWorkersBuyNothing) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 4, ten(100));
  add_cell(report, "thread_pool", 64, ten(101));
  EXPECT_THAT(recommended(report)->lines.back(),
              HasSubstr("More workers, up to 64, buy nothing by medians."));
  report = bare_report();
  add_cell(report, "thread_pool", 4, ten(101));
  add_cell(report, "thread_pool", 64, ten(100));
  set_cpu_us(report.cells[1], 90);
  EXPECT_THAT(recommended(report)->lines.back(),
              HasSubstr("More workers, up to 64, buy less than 5 % by medians."));
}

TEST(Recommend, NamesThoseItCannotBeSeparatedFrom) {
  Report report = bare_report();
  add_cell(report, "a", 4, ten(100));
  add_cell(report, "b", 4, {90, 130, 90, 130, 90, 130, 90, 130, 90, 130});  // sometimes faster
  add_cell(report, "c", 4, ten(108));
  EXPECT_THAT(recommended(report)->lines.front(),
              HasSubstr(" Not separated from b / curl with 4 workers."));
}

TEST(Recommend, RanksNothingBelowTenRounds) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 4, {100, 101, 102});
  EXPECT_EQ(recommended(report)->lines.front(),
            "Not enough evidence to rank: 3 rounds, at least 10 are needed.");
  Report enough = bare_report();
  add_cell(enough, "thread_pool", 4, ten(100));
  EXPECT_THAT(recommended(enough)->lines.front(), Not(HasSubstr("evidence")));
}

TEST(Recommend, LeavesOutWhatWasNotProvenOrTheServerLimitedAndSaysSo) {
  Report report = bare_report();
  add_cell(report, "a", 4, ten(10));
  add_cell(report, "b", 4, ten(20));
  add_cell(report, "c", 4, ten(100));
  report.cells[0].runs[7].valid = false;
  report.cells[0].summary = summarize(report.cells[0].runs);
  report.cells[1].summary.limited_by = Limit::server;
  const auto found = recommended(report);
  EXPECT_EQ(found->fastest->strategy, "c");
  EXPECT_EQ(found->lines.back(),
            "Left out: a / curl with 4 workers (invalid runs), b / curl with 4 workers (limited by "
            "the server).");
}

TEST(Recommend, ClaimsNothingOfWorkersThatWereLeftOut) {
  Report report = bare_report();
  add_cell(report, "a", 10, ten(100));
  add_cell(report, "a", 20, ten(50));
  report.cells[1].summary.limited_by = Limit::server;
  const auto found = recommended(report);
  EXPECT_EQ(found->cheapest, report.cells[0].cell);
  for (const std::string& line : found->lines) EXPECT_THAT(line, Not(HasSubstr("ore workers")));
  EXPECT_EQ(found->lines.back(), "Left out: a / curl with 20 workers (limited by the server).");
}

TEST(Recommend, SaysSoIfAllIsLeftOut) {
  Report report = bare_report();
  add_cell(report, "b", 4, {});
  const auto found = recommended(report);
  EXPECT_THAT(found->lines, ElementsAre("Nothing to recommend.",
                                        "Left out: b / curl with 4 workers (invalid runs)."));
  EXPECT_FALSE(found->fastest);
}

TEST(Recommend, SaysNothingWithoutANetwork) {
  Report report = bare_report();
  add_cell(report, "a", 4, ten(10));
  report.cells[0].cell.stack = "none";
  EXPECT_FALSE(recommended(report));
}

TEST(Recommend, ComparesOnOneLibraryAndSaysWhatAnotherReaches) {
  Report report = bare_report();
  add_cell(report, "a", 4, ten(100));
  add_cell(report, "b", 1, ten(90));
  report.cells[1].cell.stack = "beast";
  const auto found = recommended(report);
  EXPECT_EQ(found->fastest, report.cells[0].cell);
  EXPECT_EQ(
      found->lines.back(),
      "On another HTTP library: b / curl * with 1 worker, 90.0 ms [90.0 ms, 90.0 ms], 40.0 us "
      "of CPU per request.");
}

TEST(Recommend, TakesAnotherLibraryIfItIsAllThereIs) {
  Report report = bare_report();
  add_cell(report, "a", 4, {});
  add_cell(report, "b", 1, ten(90));
  report.cells[1].cell.stack = "beast";
  EXPECT_EQ(recommended(report)->fastest, report.cells[1].cell);
}

}  // namespace
}  // namespace fanout
