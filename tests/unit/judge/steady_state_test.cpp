// What judge() makes of a run in mode steady, on measurements made up by hand.

#include "harness/judge/steady_state.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include "harness/judge/execution.h"
#include "harness/judge/judge.h"
#include "harness/result/summary.h"

#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using unit_test::kMs;
using unit_test::kReady;

// One worker, a request every 10 ms: 30 that were issued, 20 that were left when it was stopped.
// The first ten are warm-up.
class SteadyRun : public testing::Test {
 protected:
  SteadyRun() {
    scenario.requests = 50;
    scenario.mode = Mode::steady;
    scenario.server().hosts[0].delay.mean = 9ms;
    for (int i = 0; i < 30; ++i) samples.push_back(sample(i * 10, i * 10 + 10));
    for (int i = 30; i < 50; ++i) {
      samples.push_back(sample(304, 304));
      samples.back().outcome = Outcome::deadline;
      samples.back().attempts = 0;
    }
    execution.header.ready_ns = kReady;
    execution.header.ready_calls = 1;
    execution.header.finished = 1;
    execution.header.cpu_at_end_ns = 250 * kMs;
    execution.header.peak_memory_bytes = 10'000'000;
    execution.exit = Exit{};
    execution.server = ServerCounters{.requests = 30,
                                      .answered = 30,
                                      .unique_tokens = 30,
                                      .peak_in_flight = 1,
                                      .hold_ns = {.mean = 9e6},
                                      .cpu_ns = 30 * kMs};
    // Looked at 3 ms after a request had ended, both times.
    execution.steady = SteadyWindow{
        .begin_ns = kReady + 103 * kMs, .end_ns = kReady + 303 * kMs, .cpu_ns = 20 * kMs};
  }

  static Sample sample(std::int64_t start_ms, std::int64_t end_ms) {
    return {.start_ns = kReady + start_ms * kMs,
            .end_ns = kReady + end_ms * kMs,
            .outcome = Outcome::ok,
            .starts = 1,
            .finishes = 1,
            .attempts = 1};
  }

  fanout::Run judged() {
    execution.samples = samples;
    return judge(execution, cell, scenario);
  }

  Scenario scenario;
  Cell cell{.strategy = "session_reuse", .transport = "null", .workers = 1};
  std::vector<Sample> samples;
  Execution execution;
};

TEST_F(SteadyRun, FiguresAreOfTheWindow) {
  const auto run = judged();
  EXPECT_THAT(run.reasons, IsEmpty());
  EXPECT_THAT(run.flags, ElementsAre(Flag::latency_bound));
  EXPECT_EQ(run.makespan_ns, 200 * kMs);
  EXPECT_EQ(run.steady->warm_up_ns, 100 * kMs);
  EXPECT_EQ(run.steady->requests, 20);
  EXPECT_EQ(run.cpu_ns, 20 * kMs);
  EXPECT_DOUBLE_EQ(throughput(run), 100);
  EXPECT_DOUBLE_EQ(summarize({run}).cpu_us_per_request.median, 1'000);
}

TEST_F(SteadyRun, WhatWasNotIssuedIsNoFailure) {
  const auto run = judged();
  EXPECT_EQ(run.requests.total, 30);
  EXPECT_EQ(run.requests.ok, 30);
  EXPECT_EQ(run.requests.failed, 0);
  EXPECT_THAT(run.errors, IsEmpty());
}

TEST_F(SteadyRun, ServiceTimesOfWarmUpDoNotCount) {
  samples[4].end_ns += 9 * kMs;
  EXPECT_EQ(judged().latency_ns.max, 10 * kMs);
  samples[20].end_ns += 9 * kMs;
  EXPECT_EQ(judged().latency_ns.max, 19 * kMs);
}

// 9 of each 10 ms the server held the worker's request.
TEST_F(SteadyRun, IsBoundByWhatTheServerHeldWithinTheWindow) {
  const auto run = judged();
  EXPECT_NEAR(static_cast<double>(run.bound_ns), 180e6, 1e3);
  EXPECT_EQ(run.limited_by, Limit::latency);
}

// The window is not whole where requests are cut by its ends: only what is surely within counts.
TEST_F(SteadyRun, IsNeverFasterThanItsBound) {
  scenario.server().hosts[0].delay.mean = 10ms;
  execution.server->hold_ns.mean = 10e6;
  EXPECT_LE(judged().efficiency.value(), 1.0);
}

TEST_F(SteadyRun, EveryAttemptIsProven) {
  execution.server->unique_tokens = 29;
  EXPECT_FALSE(judged().valid);
}

// A request that was waiting for its second attempt when the run was stopped.
TEST_F(SteadyRun, AnAttemptCutByTheEndIsNoFailure) {
  scenario.retry.retries = 1;
  scenario.server().hosts[0].faults = {{.kind = FaultKind::status, .share = 1}};
  samples.erase(samples.begin(), samples.begin() + 29);
  samples[0].outcome = Outcome::deadline;
  samples[0].end_ns = kReady + 301 * kMs;
  execution.server.reset();
  execution.served = false;
  const auto run = judged();
  EXPECT_EQ(run.requests.total, 0);
  EXPECT_THAT(run.errors, IsEmpty());
}

// Other outcomes are failures in any mode.
TEST_F(SteadyRun, AFailureIsOne) {
  samples[15].outcome = Outcome::reset;
  const auto run = judged();
  EXPECT_FALSE(run.valid);
  EXPECT_EQ(run.steady->requests, 20);
  EXPECT_EQ(run.steady->ok, 19);
}

TEST_F(SteadyRun, TheListOfRequestsIsNotTheStrategysMemory) {
  EXPECT_EQ(judged().peak_memory_bytes, 10'000'000 - 50 * (40 + 16));
}

TEST_F(SteadyRun, WithoutAWholeWindowIsNotValid) {
  samples.resize(30);
  scenario.requests = 30;
  execution.steady.reset();
  const auto run = judged();
  EXPECT_FALSE(run.valid);
  EXPECT_THAT(run.reasons, ElementsAre("the list of 30 requests ended before the window was "
                                       "complete; give a larger -n"));
  EXPECT_FALSE(run.steady.has_value());
}

// The controller looked again only after the last of them.
TEST_F(SteadyRun, WhoseListEndedWithinTheWindowIsNotValid) {
  samples.resize(30);
  scenario.requests = 30;
  EXPECT_THAT(judged().reasons, ElementsAre(HasSubstr("the list of 30 requests ended")));
  samples.back().end_ns += 5 * kMs;
  EXPECT_TRUE(judged().valid);
}

TEST_F(SteadyRun, ThatNeverSettledSaysSo) {
  execution.steady->settled = false;
  EXPECT_THAT(judged().flags, Contains(Flag::unsteady));
}

TEST_F(SteadyRun, WhereNothingEndedProvesNothing) {
  for (Sample& one : samples) one.outcome = Outcome::deadline, one.attempts = 0;
  execution.server->requests = execution.server->unique_tokens = 0;
  EXPECT_FALSE(judged().valid);
}

TEST_F(SteadyRun, ADeadlineIsAFailureInOtherModes) {
  scenario.mode = Mode::batch;
  execution.steady.reset();
  EXPECT_EQ(judged().errors.at("deadline"), 20);
  EXPECT_THAT(judged().flags, Not(Contains(Flag::unsteady)));
}

}  // namespace
}  // namespace fanout
