// What to use, on medians made up by hand.
#include "harness/analysis/recommendation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
      ElementsAre("Use event_loop with 10 workers: 100 ms for 200 requests, 40.0 us of CPU "
                  "each.",
                  "2 other strategies are as fast within 5 %; it costs least.",
                  "thread_pool with 10 workers, the simplest of them, costs 1.35 x the CPU."));
  EXPECT_EQ(answer().use, report.cells[3].cell);
}

TEST_F(AnswerTo, TheSimplestWhereNothingIsSeparated) {
  add("event_loop", 10, 100, 40);
  add("thread_queue", 10, 100, 40);
  add("thread_pool", 10, 100, 40);
  EXPECT_THAT(
      answer().lines,
      ElementsAre(StartsWith("Use thread_queue with 10 workers: "),
                  "2 other strategies are as fast within 5 %; nothing separates their cost, "
                  "and it is the simplest."));
}

TEST_F(AnswerTo, TheFewestWorkersOfEqualRows) {
  add("thread_pool", 16, 100, 40);
  add("thread_pool", 8, 100, 40);
  EXPECT_THAT(answer().lines, ElementsAre(StartsWith("Use thread_pool with 8 workers: ")));
}

TEST_F(AnswerTo, TheFastestWhereNoneIsNear) {
  add("event_loop", 10, 100, 90);
  add("thread_pool", 10, 120, 40);
  EXPECT_THAT(
      answer().lines,
      ElementsAre(StartsWith("Use event_loop with 10 workers: "),
                  "It is the fastest: thread_pool with 10 workers, the next, takes 1.20 x as "
                  "long."));
}

TEST_F(AnswerTo, TooFewRoundsClaimsNothingMore) {
  add("event_loop", 10, 100, 90, 3);
  add("thread_pool", 10, 120, 40, 3);
  EXPECT_THAT(answer().lines,
              ElementsAre(StartsWith("By medians of 3 rounds, too few to rank (at least 10 are "
                                     "needed): use event_loop with 10 workers: "),
                          StartsWith("By median it is the fastest: thread_pool")));
}

TEST_F(AnswerTo, NothingWhereNothingWasProven) {
  add_cell(report, "event_loop", 10, {});
  EXPECT_THAT(answer().lines, IsEmpty());
  EXPECT_FALSE(answer().use);
}

}  // namespace
}  // namespace fanout
