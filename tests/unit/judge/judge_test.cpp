// Whether judge() believes a run exactly when it should, on measurements made up by hand.
#include "harness/judge/judge.h"
#include "harness/judge/execution.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstring>

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

// 4 requests of 10 ms, 2 at a time, from ready() to 25 ms after it.
class Judge : public testing::Test {
 protected:
  Judge() {
    scenario.requests = 4;
    scenario.server().hosts[0].delay.mean = 10ms;
    samples = {sample(0, 11), sample(1, 12), sample(12, 23), sample(13, 25)};
    execution.started_ns = kReady - 7 * kMs;
    execution.header.ready_ns = kReady;
    execution.header.ready_calls = 1;
    execution.header.finished = 1;
    execution.header.cpu_at_ready_ns = 3 * kMs;
    execution.header.cpu_at_end_ns = 8 * kMs;
    execution.exit = Exit{};
    execution.exit->usage.ru_utime = {.tv_sec = 0, .tv_usec = 6000};
    execution.exit->usage.ru_stime = {.tv_sec = 0, .tv_usec = 3000};
    execution.server = ServerCounters{.connections = 2,
                                      .requests = 4,
                                      .answered = 4,
                                      .unique_tokens = 4,
                                      .peak_in_flight = 2,
                                      .hold_ns = {.mean = 10e6},
                                      .hold_error_ns = {},
                                      .cpu_ns = 2 * kMs};
  }

  static Sample sample(std::int64_t start_ms, std::int64_t end_ms) {
    return {.start_ns = kReady + start_ms * kMs,
            .end_ns = kReady + end_ms * kMs,
            .body_bytes = 115,
            .status = 200,
            .outcome = Outcome::ok,
            .starts = 1,
            .finishes = 1,
            .attempts = 1};
  }

  fanout::Run judged() {
    execution.samples = samples;
    return judge(execution, cell, scenario);
  }
  // The reasons, all of which make the run invalid.
  std::vector<std::string> reasons() {
    const auto run = judged();
    EXPECT_EQ(run.valid, run.reasons.empty());
    return run.reasons;
  }

  Scenario scenario;
  Cell cell{.strategy = "thread_pool", .transport = "null", .workers = 2};
  std::vector<Sample> samples;
  Execution execution;
};

TEST_F(Judge, BelievesACleanRun) {
  const auto run = judged();
  EXPECT_THAT(run.reasons, IsEmpty());
  EXPECT_TRUE(run.valid);
  EXPECT_THAT(run.flags, IsEmpty());
  EXPECT_THAT(run.errors, IsEmpty());
  EXPECT_EQ(run.requests.total, 4U);
  EXPECT_EQ(run.requests.ok, 4U);
  EXPECT_EQ(run.requests.failed, 0U);
}

TEST_F(Judge, MeasuresTimesCpuAndEfficiency) {
  execution.host.steal_ns = 5;
  const auto run = judged();
  EXPECT_EQ(run.setup_ns, 7 * kMs);
  EXPECT_EQ(run.makespan_ns, 25 * kMs);
  EXPECT_EQ(run.cpu_ns, 5 * kMs);          // 8 - 3
  EXPECT_EQ(run.process_cpu_ns, 9 * kMs);  // 6 user + 3 system
  EXPECT_EQ(run.latency_ns.min, 11 * kMs);
  EXPECT_EQ(run.latency_ns.max, 12 * kMs);
  EXPECT_DOUBLE_EQ(run.latency_ns.mean, 11.25e6);  // (11 + 11 + 11 + 12) / 4
  EXPECT_EQ(run.latency_ns.p999, std::nullopt);
  EXPECT_EQ(run.bound_ns, 20 * kMs);       // 2 waves of 10 ms
  EXPECT_DOUBLE_EQ(*run.efficiency, 0.8);  // 20 / 25
  EXPECT_EQ(run.limited_by, Limit::none);
  EXPECT_EQ(run.host.steal_ns, 5);
}

TEST_F(Judge, ReportsP999OnlyFromTenThousandRequests) {
  for (const std::size_t n : {9'999UL, 10'000UL}) {
    samples.assign(n, sample(0, 25));
    EXPECT_EQ(judged().latency_ns.p999.has_value(), n == 10'000) << n;
  }
}

TEST_F(Judge, RefusesAMissingSlot) {
  samples[2] = {};
  const auto run = judged();
  EXPECT_FALSE(run.valid);
  EXPECT_THAT(run.reasons, ElementsAre("1 of 4 requests have no outcome"));
  EXPECT_EQ(run.requests.failed, 1U);
  EXPECT_EQ(run.errors.at("none"), 1U);
}

TEST_F(Judge, RefusesARequestThatWasIssuedButNeverFinished) {
  samples[2] = {.start_ns = kReady + kMs, .starts = 1};
  EXPECT_THAT(reasons(), ElementsAre("1 of 4 requests have no outcome"));
}

TEST_F(Judge, RefusesARequestIssuedOrRecordedTwice) {
  samples[0].starts = 2;
  samples[3].finishes = 2;
  EXPECT_THAT(reasons(), ElementsAre("2 requests issued or recorded more than once"));
}

TEST_F(Judge, RefusesFailedRequestsAndCountsThemByClass) {
  samples[1].outcome = Outcome::bad_token;
  samples[2].outcome = Outcome::timeout;
  const auto run = judged();
  EXPECT_THAT(run.reasons, ElementsAre("2 requests failed: 1 bad_token, 1 timeout"));
  EXPECT_FALSE(run.valid);
  EXPECT_EQ(run.requests.ok, 2U);
  EXPECT_EQ(run.requests.failed, 2U);
  EXPECT_EQ(run.errors.at("bad_token"), 1U);
  EXPECT_EQ(run.latency_ns.max, 12 * kMs);  // of the first and the last only
  EXPECT_DOUBLE_EQ(run.latency_ns.mean, 11.5e6);
}

TEST_F(Judge, RefusesAServerThatReceivedAnotherNumber) {
  execution.server->requests = 5;
  EXPECT_THAT(reasons(), ElementsAre("the server received 5, the client made 4 requests"));
}

TEST_F(Judge, RefusesAServerThatSawFewerTokens) {
  execution.server->unique_tokens = 3;
  EXPECT_THAT(reasons(),
              ElementsAre("the server saw distinct tokens: 3, the client made 4 requests"));
}

TEST_F(Judge, RefusesDuplicatesAtTheServer) {
  execution.server->duplicate_tokens = 2;
  EXPECT_THAT(reasons(), ElementsAre("2 requests reached the server more than once"));
}

TEST_F(Judge, RefusesMoreInFlightThanWorkers) {
  execution.server->peak_in_flight = cell.workers;
  EXPECT_THAT(reasons(), ElementsAre());
  execution.server->peak_in_flight = cell.workers + 1;
  EXPECT_THAT(reasons(),
              ElementsAre(fmt::format("{} requests were in flight at once, {} are allowed",
                                      cell.workers + 1, cell.workers)));
}

TEST_F(Judge, RefusesARunNoServerProves) {
  execution.server.reset();
  EXPECT_THAT(reasons(), ElementsAre("no counters from the server: nothing proves the answers"));
}

TEST_F(Judge, NeedsNoServerWithoutNetwork) {
  execution.server.reset();
  execution.served = false;
  EXPECT_THAT(reasons(), IsEmpty());
}

TEST_F(Judge, RefusesARunFasterThanItsLowerBound) {
  execution.server->hold_ns.mean = 13e6;  // 2 waves of 13 ms in 25 ms: 1.04
  const auto run = judged();
  EXPECT_FALSE(run.valid);
  EXPECT_THAT(run.reasons, ElementsAre("efficiency 1.040: faster than its lower bound, so a "
                                       "measurement is wrong"));
  execution.server->hold_ns.mean = 12.6e6;  // 25.2 ms in 25 ms: 1.008, clock error
  EXPECT_THAT(reasons(), IsEmpty());
}

TEST_F(Judge, RefusesARequestBeforeReady) {
  samples[0].start_ns = kReady - 1;
  EXPECT_THAT(reasons(), ElementsAre("a request was issued before ready()"));
}

TEST_F(Judge, RefusesReadyCalledTwiceOrNever) {
  execution.header.ready_calls = 2;
  EXPECT_THAT(reasons(), ElementsAre("the strategy called ready() 2 times, not once"));
  execution.header.ready_calls = 0;
  execution.header.ready_ns = 0;
  EXPECT_THAT(reasons(), Contains("the strategy called ready() 0 times, not once"));
}

TEST_F(Judge, RefusesWorkersLeftUnreaped) {
  execution.header.children_left = 1;
  EXPECT_THAT(reasons(), ElementsAre(HasSubstr("unreaped")));
}

TEST_F(Judge, RefusesAKilledChildAndSaysWhatItPrinted) {
  execution.header.finished = 0;
  execution.exit->status = SIGKILL;
  execution.standard_error = "out of memory";
  samples[3] = {};
  EXPECT_THAT(reasons(), ElementsAre("its process ended with killed by signal 9 (Killed): out of "
                                     "memory",
                                     "1 of 4 requests have no outcome"));
}

TEST_F(Judge, KeepsWhatAKilledChildMeasured) {
  execution.header.finished = 0;
  execution.exit.reset();
  execution.failure = "did not end within its limit of 1.00 s; ended from outside";
  samples[3] = {};
  const auto run = judged();
  EXPECT_THAT(run.reasons, Contains(execution.failure));
  EXPECT_EQ(run.makespan_ns, 23 * kMs);
  EXPECT_EQ(run.requests.ok, 3U);
  EXPECT_EQ(run.cpu_ns, 0);  // unknown: not read before the end
}

TEST_F(Judge, RefusesAStrategyThatFailedAndSaysWhy) {
  std::strcpy(execution.header.error,
              "the strategy failed: fork: Resource temporarily unavailable");
  execution.exit->status = 1 << 8;
  EXPECT_THAT(reasons(),
              ElementsAre("the strategy failed: fork: Resource temporarily unavailable"));
}

TEST_F(Judge, NamesTheLimit) {
  execution.server->hold_ns.mean = 11e6;  // 22 of 25 ms: 88 %
  EXPECT_EQ(judged().limited_by, Limit::latency);
  EXPECT_THAT(judged().flags, ElementsAre(Flag::latency_bound));
  execution.server->hold_ns.mean = 1e6;
  execution.header.cpu_at_end_ns = 3 * kMs + 23 * kMs;  // 92 % of one CPU
  EXPECT_EQ(judged().limited_by, Limit::client);
  EXPECT_THAT(judged().flags, ElementsAre(Flag::client_bound));
  EXPECT_DOUBLE_EQ(*judged().efficiency, 0.92);
  execution.client_cpus = 2;  // 46 % of two
  EXPECT_EQ(judged().limited_by, Limit::none);
  execution.server->cpu_ns = 24 * kMs;
  EXPECT_EQ(judged().limited_by, Limit::server);
  EXPECT_THAT(judged().flags, ElementsAre(Flag::server_bound));
}

TEST_F(Judge, FlagsARunThatAQuotaStopped) {
  execution.host.throttled_ns = kMs;
  EXPECT_THAT(judged().flags, Contains(Flag::throttled));
  EXPECT_TRUE(judged().valid);
  execution.host.throttled_ns = 0;
  EXPECT_THAT(judged().flags, Not(Contains(Flag::throttled)));
}

TEST_F(Judge, BoundsFewerRequestsThanWorkersByOneWholeHold) {
  cell.workers = 8;  // 4 requests at once: half a wave, but none ends before its 10 ms
  scenario.server().hosts[0].delay.kind = Delay::Kind::uniform;
  EXPECT_EQ(judged().bound_ns, 10 * kMs);
}

TEST_F(Judge, BoundsVaryingDelaysWithoutRoundingUpToWholeWaves) {
  cell.workers = 3;
  EXPECT_EQ(judged().bound_ns, 20 * kMs);  // ceil(4 / 3) = 2 waves of exactly 10 ms
  scenario.server().hosts[0].delay.kind = Delay::Kind::lognormal;
  EXPECT_EQ(judged().bound_ns, 13'333'333);  // 4 / 3 x 10 ms
}

TEST_F(Judge, BoundsARunThatMetItsDeadlineByThatAlone) {
  scenario.deadline = 24ms;
  samples[3].outcome = Outcome::deadline;
  execution.server->hold_ns = {.mean = 40e6, .max = 60 * kMs};  // also after their client had left
  EXPECT_EQ(judged().bound_ns, 23 * kMs);
}

}  // namespace
}  // namespace fanout
