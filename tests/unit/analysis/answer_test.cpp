// What to use, on medians made up by hand.
#include "harness/analysis/recommendation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/answer_among.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using unit_test::add_cell;
using unit_test::bare_report;

class AnswerTo : public testing::Test {
 protected:
  void add(const char* strategy, unsigned workers, double ms, double cpu_us,
           std::size_t rounds = 10) {
    add_cell(report, strategy, workers, std::vector<double>(rounds, ms));
    CellReport& cell = report.cells.back();
    for (auto& run : cell.runs) run.cpu_ns = static_cast<std::int64_t>(cpu_us * 200 * 1e3);
    cell.summary = summarize(cell.runs);
  }
  Answer answer() { return recommend(report, report.plan.scenarios.front())->answer; }

  Report report = bare_report();
};

TEST_F(AnswerTo, TheCheapestOfThoseAsFastAndWhatTheSimplestOfThemCosts) {
  add("sequential", 1, 900, 20);
  add("thread_pool", 10, 101, 54);
  add("process_pool", 10, 102, 60);
  add("event_loop", 10, 100, 40);
  EXPECT_THAT(
      answer().lines,
      ElementsAre(
          "Use event_loop with 10 requests in flight (--workers 10): 100 ms for 200 "
          "requests, 40.0 us of CPU for each.",
          "2 other strategies are within 5 % of the shortest time; event_loop uses the least "
          "CPU.",
          "thread_pool, the simplest of these 3, costs 1.35 x the CPU: 54.0 us for each request."));
  EXPECT_EQ(answer().use, report.cells[3].cell);
}

TEST_F(AnswerTo, TheSimplestWhereNothingIsSeparated) {
  add("event_loop", 10, 100, 40);
  add("thread_queue", 10, 100, 40);
  add("thread_pool", 10, 100, 40);
  EXPECT_THAT(answer().lines,
              ElementsAre(StartsWith("Use thread_pool with 10 requests in flight"),
                          "2 other strategies are within 5 % of the shortest time; thread_pool is "
                          "the simplest of the 3 that use the least CPU."));
}

TEST_F(AnswerTo, TheFewestWorkersOfEqualRows) {
  add("thread_pool", 16, 100, 40);
  add("thread_pool", 8, 100, 40);
  EXPECT_THAT(answer().lines, ElementsAre(StartsWith("Use thread_pool with 8 requests in flight")));
}

TEST_F(AnswerTo, HowMuchLongerTheNextTakesWhereNoneIsNear) {
  add("event_loop", 10, 100, 90);
  add("thread_pool", 10, 120, 40);
  EXPECT_THAT(answer().lines,
              ElementsAre(StartsWith("Use event_loop with 10 requests in flight"),
                          "No other strategy comes within 5 % of the shortest median: the next, "
                          "thread_pool, takes 1.20 x as long."));
}

// All times are the server's then.
TEST_F(AnswerTo, WhatCostsLeastWhereTheServerWasTheLimitOfAll) {
  add("thread_pool", 10, 100, 50);
  add("event_loop", 10, 120, 40);
  for (CellReport& cell : report.cells) cell.summary.limited_by = Limit::server;
  EXPECT_THAT(
      answer().lines,
      ElementsAre(
          "Use event_loop with 10 requests in flight (--workers 10): 40.0 us of "
          "CPU for each request.",
          "The times are the server's, which was the limit, so only costs are "
          "compared; event_loop uses the least CPU.",
          "thread_pool, the simplest of these 2, costs 1.25 x the CPU: 50.0 us for each request."));
}

TEST_F(AnswerTo, NoneWhereNoneKeepsUpWithTheSchedule) {
  add("thread_pool", 10, 1000, 50);
  add("event_loop", 10, 1000, 40);
  Scenario& scenario = report.plan.scenarios.front();
  scenario.mode = Mode::open;
  scenario.rate = 4000;
  for (CellReport& cell : report.cells) {
    const bool better = &cell == &report.cells.back();
    for (auto& run : cell.runs) {
      run.open = OpenLoop{.offered_per_second = 4000,
                          .achieved_per_second = better ? 2000.0 : 1000.0,
                          .response_ns = {}};
      run.flags = {Flag::saturated};
    }
    cell.summary = summarize(cell.runs);
  }
  EXPECT_THAT(
      answer().lines,
      ElementsAre("No strategy kept up with 4,000 requests a second. event_loop kept up best, "
                  "with 50.0 % of them: give more --workers, or a lower --rate."));
  EXPECT_FALSE(answer().use);
}

TEST_F(AnswerTo, NothingWhereTheDeadlineEndsRuns) {
  add("thread_pool", 10, 150, 50);
  add("event_loop", 10, 150, 20);
  report.plan.scenarios.front().deadline = std::chrono::milliseconds(150);
  for (CellReport& cell : report.cells) {
    for (auto& run : cell.runs) run.requests.ok = 100;
    cell.summary = summarize(cell.runs);
    cell.summary.limited_by = Limit::server;
  }
  EXPECT_THAT(answer().lines, IsEmpty());
}

TEST_F(AnswerTo, NothingOfWhoGotLessAnswered) {
  add("thread_pool", 10, 150, 50);
  add("event_loop", 10, 50, 20);
  for (auto& run : report.cells.back().runs) run.requests.ok = 150;
  report.cells.back().summary = summarize(report.cells.back().runs);
  Contenders both{.cells = {&report.cells[0], &report.cells[1]}, .left_out = {}};
  leave_out_who_did_less(both);
  EXPECT_EQ(answer_among(report, report.plan.scenarios.front(), both).use, report.cells[0].cell);
}

TEST_F(AnswerTo, HowManyRequestsASecondInSteadyState) {
  add("thread_pool", 10, 1000, 50);
  add("event_loop", 10, 500, 40);
  report.plan.scenarios.front().mode = Mode::steady;
  for (CellReport& cell : report.cells) {
    for (auto& run : cell.runs) run.steady = SteadyState{.requests = 200, .ok = 200};
    cell.summary = summarize(cell.runs);
  }
  EXPECT_THAT(
      answer().lines,
      ElementsAre("Use event_loop with 10 requests in flight (--workers 10): 400 requests a "
                  "second, 40.0 us of CPU for each request.",
                  "No other strategy comes within 5 % of the most requests a second: the "
                  "next, thread_pool, takes 2.00 x as long."));
}

TEST_F(AnswerTo, HowSoonRequestsAreAnsweredInAnOpenLoop) {
  add("thread_pool", 10, 1000, 50);
  add("event_loop", 10, 1000, 40);
  report.plan.scenarios.front().mode = Mode::open;
  for (CellReport& cell : report.cells) {
    const bool late = &cell == &report.cells.front();
    for (auto& run : cell.runs) {
      run.open = OpenLoop{.offered_per_second = 200, .achieved_per_second = 200, .response_ns = {}};
      run.open->response_ns.p99 = late ? 60'000'000 : 30'000'000;
    }
    cell.summary = summarize(cell.runs);
  }
  EXPECT_THAT(
      answer().lines,
      ElementsAre("Not ranked: needs 1,000 answers per run. By medians, use event_loop with "
                  "10 requests in flight (--workers 10): 99 of 100 requests answered within "
                  "30.0 ms of when they were due, 40.0 us of CPU for each request.",
                  "No other strategy comes within 5 % of the shortest of such times: the "
                  "next, thread_pool, takes 2.00 x as long."));
}

TEST_F(AnswerTo, AtMostSoManyOfAnAdaptiveOne) {
  add("aimd", 50, 100, 40);
  EXPECT_THAT(answer().lines, ElementsAre(StartsWith("Use aimd with at most 50 requests in flight "
                                                     "(--workers 50): ")));
}

TEST_F(AnswerTo, SaysWhereMediansAreAllThereIs) {
  add("event_loop", 10, 100, 40, 3);
  add("process_pool", 10, 101, 60, 3);
  add("thread_pool", 10, 102, 50, 3);
  EXPECT_THAT(
      answer().lines,
      ElementsAre(
          StartsWith("Not enough evidence: at least 10 rounds needed, 3 seen. By medians, use "
                     "event_loop with 10 requests in flight"),
          "2 other strategies are within 5 % of the shortest time; event_loop uses the least CPU "
          "by median.",
          "thread_pool, the simplest of these 3, costs 1.25 x the CPU, by medians: 50.0 us for "
          "each request."));
  report.tool.build = "Debug";
  EXPECT_THAT(answer().lines.front(), StartsWith("Not ranked: a Debug build. By medians, use "));
}

TEST_F(AnswerTo, NamesWhatIsShorterAndWasNotCompared) {
  add("thread_pool", 10, 100, 40);
  add("event_loop", 10, 50, 40);
  add("session_reuse", 1, 70, 40);
  add("coroutines", 10, 97, 40);
  report.cells[1].summary.limited_by = Limit::server;
  report.cells[2].cell.stack = "beast";
  report.cells[3].cell.stack = "beast";
  EXPECT_EQ(answer().lines.back(),
            "Faster, and not compared: event_loop on curl, 50.0 ms (limited by the server); "
            "session_reuse on curl, 70.0 ms (another HTTP library).");
}

TEST_F(AnswerTo, NothingWhereNothingWasProven) {
  add_cell(report, "event_loop", 10, {});
  EXPECT_THAT(answer().lines, IsEmpty());
  EXPECT_FALSE(answer().use);
}

}  // namespace
}  // namespace fanout
