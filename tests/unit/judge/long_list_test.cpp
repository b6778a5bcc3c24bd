// Whether judge() says the same of a run whether samples or a tally were kept of its requests.
#include "harness/judge/execution.h"
#include "harness/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/document/run_json.h"
#include "tests/unit/judge/made_attempts.h"
#include "tests/unit/support.h"
#include "transports/retried.h"

namespace fanout {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using unit_test::as_due;
using unit_test::counters_of;
using unit_test::kMs;
using unit_test::kReady;
using unit_test::kSeed;

// A run of 1,000 requests, which end as they are due, kept in both ways.
class BothWays : public testing::Test {
 protected:
  explicit BothWays(const HostBehaviour& host = {})
      : scenario(unit_test::scenario_of(host)), samples(as_due(scenario)) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      samples[i].start_ns = kReady + static_cast<std::int64_t>(i) * kMs;
      samples[i].end_ns = samples[i].start_ns + static_cast<std::int64_t>(i % 17 + 1) * 123'457;
      samples[i].connected = i % 100 == 0;
      if (samples[i].outcome == Outcome::bad_status) samples[i].status = 500;
      if (samples[i].outcome != Outcome::ok) continue;
      samples[i].status = 200;
      samples[i].body_bytes = 115 + i % 3;
    }
    once();
  }

  // Every request is started once and ended once.
  void once() {
    for (Sample& sample : samples) sample.starts = sample.finishes = 1;
  }

  fanout::Run judged(const Samples& kept) {
    Execution execution;
    execution.header.ready_ns = kReady;
    execution.header.ready_calls = 1;
    execution.header.finished = 1;
    execution.header.cpu_at_end_ns = 5 * kMs;
    execution.exit = Exit{};
    execution.token_seed = kSeed;
    execution.server = server;
    execution.samples = kept;
    return judge(execution, cell, scenario);
  }

  // What happened to each request is told to a tally.
  fanout::Run judged_by_tally() {
    constexpr std::size_t kSlots = 4;
    struct alignas(64) Line {
      char bytes[64]{};
    };
    std::vector<Line> lines(Tally::bytes(samples.size(), kSlots) / sizeof(Line) + 1);
    Tally tally(lines.data(), samples.size(), kSlots);
    for (std::uint32_t i = 0; i < samples.size(); ++i) {
      const Sample& sample = samples[i];
      Response response{.outcome = sample.outcome, .attempts = sample.attempts};
      response.status = sample.status;
      response.body_bytes = sample.body_bytes;
      response.connected = sample.connected;
      response.hedged = sample.hedged;
      response.hedge_won = sample.hedge_won;
      response.retried = sample.retried;
      for (int k = 0; k < sample.starts; ++k) tally.start(i, sample.start_ns);
      for (int k = 0; k < sample.finishes; ++k) {
        tally.end(i, sample.start_ns, sample.end_ns, response);
      }
    }
    return judged(Samples(tally));
  }

  // Expects the same of both, but that it is said which was kept; returns it.
  fanout::Run judged_alike() {
    fanout::Run run = judged(samples);
    fanout::Run tallied = judged_by_tally();
    EXPECT_EQ(std::erase(tallied.flags, Flag::tallied), 1U);
    EXPECT_EQ(nlohmann::json(tallied), nlohmann::json(run));
    return run;
  }

  Scenario scenario;
  Cell cell{.strategy = "event_loop", .transport = "curl_asio", .workers = 2};
  std::vector<Sample> samples;
  ServerCounters server = counters_of(account(scenario, samples, kSeed));
};

class FaultsBothWays : public BothWays {
 protected:
  FaultsBothWays()
      : BothWays({.faults = {{.kind = FaultKind::reset, .share = 0.2},
                             {.kind = FaultKind::status, .share = 0.2, .status = 500}}}) {}
};

TEST_F(BothWays, BelieveACleanRun) {
  EXPECT_THAT(judged_alike().reasons, IsEmpty());
  EXPECT_EQ(judged_alike().requests.ok, 1000U);
}

TEST_F(FaultsBothWays, AccountForFaultsAndRetries) {
  EXPECT_THAT(judged_alike().reasons, IsEmpty());
  EXPECT_GT(judged_alike().requests.failed, 300U);
  // Each reset was tried again, and met what the second attempt's token meets.
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].outcome != Outcome::reset) continue;
    samples[i].retried = note_attempt(0, 0, {.outcome = Outcome::reset});
    samples[i].attempts = 2;
    samples[i].outcome =
        due_outcome(scenario, scenario.server().hosts[0], attempt_token(make_token(kSeed, i), 1));
    samples[i].status = samples[i].outcome == Outcome::ok ? 200 : 0;
    if (samples[i].outcome == Outcome::bad_status) samples[i].status = 500;
  }
  server = counters_of(account(scenario, samples, kSeed));
  const fanout::Run run = judged_alike();
  EXPECT_THAT(run.reasons, IsEmpty());
  EXPECT_GT(run.requests.retried, 100U);
}

TEST_F(BothWays, JudgeWhatWasGivenUpAtTheDeadline) {
  scenario.deadline = std::chrono::milliseconds(900);
  for (std::size_t i = 900; i < 1000; ++i) {
    samples[i] = {.start_ns = kReady + 900 * kMs, .end_ns = kReady + 900 * kMs};
    samples[i].outcome = Outcome::deadline;
  }
  once();
  server = counters_of(account(scenario, samples, kSeed));
  EXPECT_THAT(judged_alike().reasons, Not(Contains(HasSubstr("before the deadline"))));
  for (std::size_t i = 900; i < 1000; ++i) samples[i].end_ns = kReady + 800 * kMs;
  EXPECT_THAT(judged_alike().reasons, Contains(HasSubstr("given up before the deadline")));
}

TEST_F(BothWays, RefuseALostRequest) {
  samples[7] = {};
  EXPECT_THAT(judged_alike().reasons, Contains("1 of 1000 requests have no outcome"));
}

TEST_F(BothWays, RefuseARequestThatWasNotFinished) {
  samples[7] = {.start_ns = samples[7].start_ns, .starts = 1};
  EXPECT_THAT(judged_alike().reasons, Contains("1 of 1000 requests have no outcome"));
}

TEST_F(BothWays, RefuseADoubledRequest) {
  samples[7].starts = samples[7].finishes = 2;
  server.requests += 1;
  server.duplicate_tokens += 1;
  EXPECT_THAT(judged_alike().reasons, Contains("1 request issued or recorded more than once"));
}

TEST_F(BothWays, RefuseAnEarlyRequest) {
  samples[0].start_ns = kReady - 1;
  EXPECT_THAT(judged_alike().reasons, Contains("a request was issued before ready()"));
}

TEST_F(BothWays, RefuseARequestThatNeverReachedTheServer) {
  server.requests -= 1;
  server.unique_tokens -= 1;
  EXPECT_THAT(judged_alike().reasons,
              Contains("the server received 999, the client made 1,000 requests"));
}

}  // namespace
}  // namespace fanout
