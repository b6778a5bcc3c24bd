// Whether a run did the work that its scenario asks of each answer, on counts made up by hand.
#include "harness/judge/work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using unit_test::kMs;

// 10 right answers of 5 ms each, which cost 51 ms of CPU.
class WorkDoubts : public testing::Test {
 protected:
  WorkDoubts() {
    scenario.work.cpu = 5ms;
    cell = {"event_loop", "curl_asio", "libcurl", "made", 2};
    done.answers = 10;
    done.cpu_ns = 51 * kMs;
    execution.work_done = &done;
    execution.header.finished = 1;
    execution.header.processes = 3;
    execution.header.cpu_at_ready_ns = 2 * kMs;
    execution.header.cpu_at_end_ns = 54 * kMs;
  }

  Scenario scenario;
  Cell cell;
  WorkDone done{};
  Execution execution;
};

TEST_F(WorkDoubts, NoneWhereItWasDone) {
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 10, 0), IsEmpty());
  const auto met = work_met(execution, cell, scenario);
  ASSERT_TRUE(met);
  EXPECT_EQ(met->answers, 10U);
  EXPECT_DOUBLE_EQ(met->cpu_ns, 5.1e6);
}

TEST_F(WorkDoubts, NoneWhereThereIsNoWork) {
  scenario.work = {};
  EXPECT_FALSE(work_met(execution, cell, scenario));
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 20, 0), IsEmpty());
}

TEST_F(WorkDoubts, AnswersThatNobodyWorkedOn) {
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 9, 0),
              ElementsAre("work was done on 10 answers, and 9 were right"));
}

TEST_F(WorkDoubts, BodiesThatWereNotWorkedOnWhole) {
  scenario.work = {.body = BodyWork::json};
  done.body_bytes = 1000;
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 10, 1000), IsEmpty());
  done.not_json = 2;
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 10, 900),
              ElementsAre("work was done on 1000 bytes of bodies, and 900 came in",
                          "2 bodies could not be parsed as JSON"));
}

TEST_F(WorkDoubts, AProgramThatSpentTooLittle) {
  cell = {"mine", "own", "own", "made", 2};
  EXPECT_FALSE(work_met(execution, cell, scenario));
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 10, 0), IsEmpty());
  execution.header.cpu_at_end_ns = 15 * kMs;  // 13 ms since, and at most 3 ticks of 10 ms
  EXPECT_THAT(doubts_about_work(execution, cell, scenario, 10, 0),
              ElementsAre("it used 43.0 ms of CPU time, and the work on 10 answers takes 50.0 ms"));
}

}  // namespace
}  // namespace fanout
