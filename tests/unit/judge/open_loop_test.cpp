// Response times and the rate that was kept, on measurements made up by hand.
#include "harness/judge/open_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judge/execution.h"
#include "harness/scenario/schedule.h"
#include "tests/unit/support.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;
using unit_test::kMs;
using unit_test::kReady;

constexpr int kRequests = 1'000;

// 1,000 requests, one every 10 ms, each of which takes 5 ms.
class OpenRun : public testing::Test {
 protected:
  OpenRun() {
    scenario.requests = kRequests;
    scenario.mode = Mode::open;
    scenario.rate = 100;
    scenario.server().hosts[0].delay.mean = 5ms;
    execution.header.ready_ns = kReady;
    for (int i = 0; i < kRequests; ++i) samples.push_back(sample(i, 0));
  }

  // Request i, begun so much later than it was due.
  static Sample sample(int i, std::int64_t late_ns) {
    const std::int64_t start_ns = kReady + i * 10 * kMs + late_ns;
    return {.start_ns = start_ns,
            .end_ns = start_ns + 5 * kMs,
            .outcome = Outcome::ok,
            .starts = 1,
            .finishes = 1,
            .attempts = 1};
  }

  // What is said of the run.
  const OpenLoop& measured() {
    execution.samples = samples;
    const auto found = responses_of(execution, scenario);
    run = {};
    run.open = found.value().figures;
    if (found->saturated) run.flags.push_back(Flag::saturated);
    return *run.open;
  }

  Scenario scenario;
  std::vector<Sample> samples;
  Execution execution;
  fanout::Run run;
};

TEST_F(OpenRun, OtherModesSayNothing) {
  scenario.mode = Mode::batch;
  execution.samples = samples;
  EXPECT_FALSE(responses_of(execution, scenario).has_value());
  EXPECT_EQ(schedule_bound(run, execution, scenario).last_due_ns, 0);
}

TEST_F(OpenRun, InTimeRespondsWithinItsServiceTime) {
  EXPECT_EQ(measured().response_ns.max, 5 * kMs);
  EXPECT_DOUBLE_EQ(run.open->offered_per_second, 100);
  EXPECT_DOUBLE_EQ(run.open->achieved_per_second, 100);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// Twenty requests in the middle wait for a server that stands still; no service time is longer.
TEST_F(OpenRun, CountsTheWaitForAWorkerAsResponseTime) {
  for (int i = 0; i < 20; ++i) samples[500 + i] = sample(500 + i, (200 - i * 10) * kMs);
  EXPECT_EQ(measured().response_ns.max, 205 * kMs);
  EXPECT_NEAR(static_cast<double>(run.open->response_ns.p99), 105e6, 2e6);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

TEST_F(OpenRun, FailuresHaveNoResponseTime) {
  samples[3] = sample(3, 900 * kMs);
  samples[3].outcome = Outcome::timeout;
  EXPECT_EQ(measured().response_ns.max, 5 * kMs);
}

// A client that begins a request every 12.5 ms instead, and one that is 0.5 % too slow.
TEST_F(OpenRun, FallingBehindIsSaturated) {
  for (int i = 0; i < kRequests; ++i) samples[i] = sample(i, i * 5 * kMs / 2);
  EXPECT_NEAR(measured().achieved_per_second, 80, 0.01);
  EXPECT_THAT(run.flags, Contains(Flag::saturated));
  for (int i = 0; i < kRequests; ++i) samples[i] = sample(i, i * kMs / 20);
  EXPECT_NEAR(measured().achieved_per_second, 99.5, 0.01);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// The last 50 wait; those before them in the last tenth did not.
TEST_F(OpenRun, AHaltAtTheEndIsNotSaturated) {
  for (int i = 950; i < kRequests; ++i) samples[i] = sample(i, 500 * kMs);
  EXPECT_DOUBLE_EQ(measured().achieved_per_second, 100);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// As many workers as requests: each is begun when it is due, and ends twice as late as it should.
TEST_F(OpenRun, EndsThatFallBehindAreSaturated) {
  for (int i = 0; i < kRequests; ++i) samples[i].end_ns += i * 10 * kMs;
  EXPECT_NEAR(measured().achieved_per_second, 50, 0.1);
  EXPECT_THAT(run.flags, Contains(Flag::saturated));
  execution.served = false;  // nobody knows how long the server should have held them
  EXPECT_DOUBLE_EQ(measured().achieved_per_second, 100);
}

// A server that takes 40 ms more than it should from the first request on, in a run of one second.
TEST_F(OpenRun, AConstantWaitIsNotSaturated) {
  samples.resize(100);
  scenario.requests = 100;
  for (Sample& one : samples) one.end_ns += 40 * kMs;
  EXPECT_DOUBLE_EQ(measured().achieved_per_second, 100);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

TEST_F(OpenRun, AHaltOfTheServerNearTheEndIsNotSaturated) {
  for (int i = 950; i < kRequests; ++i) samples[i].end_ns += 500 * kMs;
  EXPECT_DOUBLE_EQ(measured().achieved_per_second, 100);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// Delays that differ much, of as many requests as are ever in flight: each as long as it was drawn.
TEST_F(OpenRun, LongDelaysOfAShortRunAreNotSaturated) {
  samples.resize(20);
  scenario.requests = 20;
  Delay& delay = scenario.server().hosts[0].delay;
  delay = {.kind = Delay::Kind::uniform, .min = 1ms, .max = 900ms};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto hold = draw(delay, make_token(execution.token_seed, i));
    samples[i].end_ns = samples[i].start_ns + hold.count() + kMs;
  }
  EXPECT_GT(measured().achieved_per_second, 99);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// Ten requests that a busy machine begins 2 ms late each are too short a run to tell.
TEST_F(OpenRun, AShortRunIsNotSaturatedByNoise) {
  samples.resize(10);
  scenario.requests = 10;
  for (int i = 0; i < 10; ++i) samples[i] = sample(i, 2 * kMs);
  EXPECT_LT(measured().achieved_per_second, 99);
  EXPECT_THAT(run.flags, Not(Contains(Flag::saturated)));
}

// Nor is it wrong about a single one, which has no gap.
TEST_F(OpenRun, OneRequestKeepsItsRate) {
  samples.resize(1);
  scenario.requests = 1;
  EXPECT_DOUBLE_EQ(measured().offered_per_second, 100);
  EXPECT_DOUBLE_EQ(run.open->achieved_per_second, 100);
}

// Requests that were given up unbegun at the deadline are no sign of being in time.
TEST_F(OpenRun, JudgesByRequestsThatWereBegun) {
  for (int i = 0; i < kRequests; ++i) samples[i] = sample(i, i * 5 * kMs / 2);
  for (int i = 800; i < kRequests; ++i) {
    samples[i] = sample(i, 0);
    samples[i].outcome = Outcome::deadline;
    samples[i].attempts = 0;
  }
  EXPECT_NEAR(measured().achieved_per_second, 80, 0.01);
}

TEST_F(OpenRun, CannotEndBeforeItsLastRequestIsDueAndHeld) {
  execution.samples = samples;
  EXPECT_EQ(schedule_bound(run, execution, scenario).last_due_ns, 9'990e6);
  EXPECT_EQ(schedule_bound(run, execution, scenario).last_end_ns, 9'995e6);
  run.requests.failed = 1;
  EXPECT_EQ(schedule_bound(run, execution, scenario).last_end_ns, 9'990e6);
  run.errors["deadline"] = 1;
  EXPECT_EQ(schedule_bound(run, execution, scenario).last_end_ns, 0);
}

}  // namespace
}  // namespace fanout
