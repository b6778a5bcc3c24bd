// Attempts that a limit rejects, and second attempts beside the first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/judge/attempts.h"
#include "tests/unit/judge/made_attempts.h"
#include "transports/retried.h"

namespace fanout {
namespace {

using namespace unit_test;
using testing::ElementsAre;
using testing::IsEmpty;

// Samples of so many requests, the first of which a limit rejected with this status.
std::vector<Sample> rejected_first(const Scenario& scenario, std::size_t count,
                                   std::uint16_t status) {
  std::vector<Sample> samples = as_due(scenario);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i].outcome = Outcome::bad_status;
    samples[i].status = status;
  }
  return samples;
}

TEST(Limits, WhatTheClientSawIsHeldAgainstWhatTheServerCounted) {
  const Scenario scenario =
      scenario_of({.faults = {{.kind = FaultKind::reset, .share = 0.1}}, .limit = ServerLimit{}});
  const auto samples = rejected_first(scenario, 30, 429);
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.rejected.at("429"), 30U);
  EXPECT_EQ(attempts.taken_on.at(0), scenario.requests - 30);
  EXPECT_THAT(attempts.failed, IsEmpty());
  EXPECT_THAT(attempts.not_as_due, IsEmpty()) << "a rejected request meets no fault";
  ServerCounters server = counters_of(attempts);
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  server.rejected["429"] = 31;
  EXPECT_THAT(contradictions(attempts, server),
              ElementsAre("the server rejected 31 requests with status 429, the client saw 30"));
  server.rejected = {{"429", 30}, {"503", 1}};
  EXPECT_THAT(contradictions(attempts, server),
              ElementsAre("the server rejected 1 request with status 503, the client saw 0"));
}

TEST(Limits, AStatusThatNoLimitGivesIsAFailure) {
  const Scenario scenario = scenario_of({.limit = ServerLimit{}});
  EXPECT_EQ(account(scenario, rejected_first(scenario, 3, 503), kSeed).failed.at("bad_status"), 3U);
  const Scenario without = scenario_of({});
  EXPECT_EQ(account(without, rejected_first(without, 3, 429), kSeed).failed.at("bad_status"), 3U);
}

TEST(Limits, WhereNobodyWaitsWhatTimedOutWasTakenOn) {
  Scenario scenario =
      scenario_of({.faults = {{.kind = FaultKind::hang, .share = 0.1}}, .limit = ServerLimit{}});
  scenario.timeout = 10s;
  const Attempts attempts = account(scenario, as_due(scenario), kSeed);
  EXPECT_EQ(attempts.undecided, 0U);
  EXPECT_GT(attempts.faults[static_cast<std::size_t>(FaultKind::hang)], 0U);
  scenario.server().hosts[0].limit->queue = 3;
  EXPECT_GT(account(scenario, as_due(scenario), kSeed).undecided, 0U);
}

TEST(Limits, WhoWaitsForAPlaceMayTimeOut) {
  const Scenario scenario = scenario_of({.limit = ServerLimit{.queue = 5}});
  const HostBehaviour& host = scenario.server().hosts[0];
  EXPECT_TRUE(may_end(scenario, host, make_token(kSeed, 0), Outcome::timeout));
  const Scenario without = scenario_of({.limit = ServerLimit{}});
  EXPECT_FALSE(may_end(without, without.server().hosts[0], make_token(kSeed, 0), Outcome::timeout));
}

TEST(Hedges, AnAttemptThatWasGivenUpMayHaveReachedTheServer) {
  const Scenario scenario = scenario_of({});
  std::vector<Sample> samples = as_due(scenario);
  for (std::size_t i = 0; i < 4; ++i) {
    samples[i].attempts = 2;
    samples[i].hedged = true;
    samples[i].hedge_won = i < 3;
  }
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.made, scenario.requests + 4);
  EXPECT_EQ(attempts.hedged, 4U);
  EXPECT_EQ(attempts.hedges_won, 3U);
  EXPECT_EQ(attempts.uncertain, 4U);
  ServerCounters server = counters_of(attempts);
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  server.requests = server.unique_tokens = scenario.requests;
  EXPECT_THAT(contradictions(attempts, server), IsEmpty()) << "none of them may have, either";
  server.requests = server.unique_tokens = scenario.requests - 1;
  EXPECT_THAT(contradictions(attempts, server), testing::SizeIs(2));
}

TEST(Hedges, AnAttemptThatFailedByItselfIsKnown) {
  const Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::status, .share = 0.5}}});
  std::vector<Sample> samples = as_due(scenario);
  const HostBehaviour& host = scenario.server().hosts[0];
  std::size_t hedged = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::uint64_t token = make_token(kSeed, i);
    const bool second = due_outcome(scenario, host, attempt_token(token, 1)) == Outcome::ok;
    if (samples[i].outcome == Outcome::ok || !second) continue;
    samples[i] = {.outcome = Outcome::ok,
                  .attempts = 2,
                  .hedged = true,
                  .hedge_won = true,
                  .retried = note_attempt(0, 0, {Outcome::bad_status, 503})};
    ++hedged;
  }
  ASSERT_GT(hedged, 100U);
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.uncertain, 0U);
  EXPECT_THAT(attempts.not_as_due, IsEmpty());
  EXPECT_THAT(contradictions(attempts, counters_of(attempts)), IsEmpty());
}

}  // namespace
}  // namespace fanout
