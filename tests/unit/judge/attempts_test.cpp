// What a scenario makes of every attempt, and whether client and server agree on it.
#include "harness/judge/attempts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/judge/made_attempts.h"
#include "transports/retried.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using namespace unit_test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kReadyNs = 5'000'000'000;

Outcome due(const HostBehaviour& host, Method method = Method::get) {
  Scenario scenario = scenario_of(host);
  scenario.method = method;
  return due_outcome(scenario, host, make_token(kSeed, 0));
}

// A request that ended so, with so many attempts and after so long.
Sample ended(Outcome outcome, std::uint8_t attempts, std::chrono::nanoseconds after) {
  return {.end_ns = kReadyNs + after.count(), .outcome = outcome, .attempts = attempts};
}

TEST(DueOutcome, FollowsTheFault) {
  EXPECT_EQ(due({}), Outcome::ok);
  EXPECT_EQ(due({.faults = {{FaultKind::refuse}}}), Outcome::refused);
  EXPECT_EQ(due({.faults = {{FaultKind::reset}}}), Outcome::reset);
  EXPECT_EQ(due({.faults = {{FaultKind::reset_amid_body}}}), Outcome::truncated);
  EXPECT_EQ(due({.faults = {{FaultKind::truncate}}}), Outcome::truncated);
  EXPECT_EQ(due({.faults = {{FaultKind::hang}}}), Outcome::timeout);
  EXPECT_EQ(due({.faults = {{.kind = FaultKind::status, .status = 500}}}), Outcome::bad_status);
  EXPECT_EQ(due({.tls = Tls::untrusted}), Outcome::tls);
}

TEST(DueOutcome, FollowsTheSizeThatTheTokenDraws) {
  const HostBehaviour host{
      .body_bytes = 9, .body_sizes = {0, 9}, .faults = {{FaultKind::truncate}}};
  const Scenario scenario = scenario_of(host);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const std::uint64_t token = make_token(kSeed, i);
    EXPECT_EQ(due_outcome(scenario, host, token),
              draw_body(host, token) == 0 ? Outcome::reset : Outcome::truncated);
  }
}

TEST(DueOutcome, HasNoMiddleOfABodyThatIsNotThere) {
  const HostBehaviour host{.faults = {{FaultKind::truncate}}};
  EXPECT_EQ(due(host, Method::head), Outcome::reset);
  EXPECT_EQ(due({.body_bytes = 0, .faults = {{FaultKind::truncate}}}), Outcome::reset);
}

TEST(DueOutcome, IsATimeOutWhenTheServerTakesLonger) {
  EXPECT_EQ(due({.delay = {.mean = 99ms}}), Outcome::ok);
  EXPECT_EQ(due({.delay = {.mean = 100ms}}), Outcome::timeout);
  EXPECT_EQ(due({.delay = {.mean = 60ms}, .rtt = 50ms}), Outcome::timeout);
  EXPECT_EQ(due({.delay = {.mean = 200ms}, .faults = {{FaultKind::reset}}}), Outcome::timeout);
  EXPECT_EQ(due({.faults = {{.kind = FaultKind::drip, .over = 50ms}}}), Outcome::ok);
  EXPECT_EQ(due({.faults = {{.kind = FaultKind::drip, .over = 150ms}}}), Outcome::timeout);
}

TEST(MayEnd, AllowsATimeOutOnlyWhereOneIsNear) {
  const auto timeout = [](const HostBehaviour& host) {
    return may_end(scenario_of(host), host, make_token(kSeed, 0), Outcome::timeout);
  };
  EXPECT_FALSE(timeout({.delay = {.mean = 50ms}}));
  EXPECT_TRUE(timeout({.delay = {.mean = 95ms}}));
  EXPECT_TRUE(timeout({.delay = {.mean = 50ms}, .rtt = 30ms, .handshake_trips = 2}));
  EXPECT_TRUE(timeout({.slowdown = {.above = 1, .per_request = 1ms}}));
}

TEST(MayEnd, AllowsATimeOutOfARequestThatALibrarySendsAgain) {
  const HostBehaviour host{.delay = {.mean = 30ms}, .faults = {{FaultKind::reset}}};
  Scenario scenario = scenario_of(host);
  EXPECT_TRUE(may_end(scenario, host, 1, Outcome::timeout));
  scenario.reuse = false;
  EXPECT_FALSE(may_end(scenario, host, 1, Outcome::timeout));
}

TEST(DueOutcome, CountsADripByItsPieces) {
  const HostBehaviour host{.faults = {{.kind = FaultKind::drip, .over = 150ms}}};
  EXPECT_EQ(due(host, Method::head), Outcome::ok);
  EXPECT_EQ(due({.body_bytes = 1, .faults = host.faults}), Outcome::ok);
  EXPECT_EQ(due({.body_bytes = 2, .faults = host.faults}), Outcome::timeout);
}

TEST(MayEnd, AllowsTheDeadlineOnlyWhereThereIsOne) {
  Scenario scenario = scenario_of({});
  EXPECT_FALSE(may_end(scenario, {}, 1, Outcome::deadline));
  scenario.deadline = 1s;
  EXPECT_TRUE(may_end(scenario, {}, 1, Outcome::deadline));
}

TEST(Account, BelievesWhatIsDue) {
  const Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::reset, .share = 0.1},
                                                    {.kind = FaultKind::hang, .share = 0.05}}});
  const Attempts attempts = account(scenario, as_due(scenario), kSeed);
  EXPECT_EQ(attempts.made, 1000U);
  EXPECT_THAT(attempts.failed, IsEmpty());
  EXPECT_THAT(attempts.not_as_due, IsEmpty());
  EXPECT_NEAR(static_cast<double>(attempts.faults[2]), 100, 30);  // reset
  EXPECT_THAT(contradictions(attempts, counters_of(attempts)), IsEmpty());
}

TEST(Account, TellsFailuresFromFaultsThatWereSpared) {
  const Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::reset, .share = 0.1}}});
  std::vector<Sample> samples = as_due(scenario);
  for (Sample& sample : samples) {
    sample.outcome = sample.outcome == Outcome::ok ? Outcome::bad_token : Outcome::ok;
  }
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.failed.at("bad_token") + attempts.not_as_due.at("ok (reset due)"), 1000U);
}

TEST(Account, HoldsEveryAttemptAgainstItsOwnToken) {
  const Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::reset, .share = 0.5}}});
  const HostBehaviour& host = scenario.server().hosts[0];
  std::vector<Sample> samples(scenario.requests);
  std::uint64_t made = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Sample& sample = samples[i];
    do {
      if (sample.attempts > 0) {
        sample.retried =
            note_attempt(sample.retried, sample.attempts - 1U, {sample.outcome, sample.status});
      }
      const std::uint64_t token = attempt_token(make_token(kSeed, i), sample.attempts++);
      sample.outcome = due_outcome(scenario, host, token);
    } while (sample.outcome != Outcome::ok && sample.attempts < 4);
    made += sample.attempts;
  }
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.made, made);
  EXPECT_NEAR(static_cast<double>(made), 1000 * (1 + 0.5 + 0.25 + 0.125), 90);
  EXPECT_THAT(attempts.failed, IsEmpty());
  EXPECT_THAT(attempts.not_as_due, IsEmpty());
  EXPECT_EQ(attempts.retried.at("reset"), made - 1000);
  samples[0].retried = note_attempt(0, 0, {Outcome::timeout});  // no fault here takes time
  samples[0].attempts = 2;
  EXPECT_EQ(account(scenario, samples, kSeed).failed.count("timeout") +
                account(scenario, samples, kSeed).not_as_due.count("timeout (reset due)"),
            1U);
}

TEST(Account, KnowsWhatCannotHaveReachedTheServer) {
  Scenario scenario = scenario_of({.faults = {{FaultKind::refuse}}});
  const Attempts refused = account(scenario, as_due(scenario), kSeed);
  EXPECT_EQ(refused.unreached, 1000U);
  EXPECT_THAT(contradictions(refused, {}), IsEmpty());
  ServerCounters one;
  one.requests = one.unique_tokens = 1;
  EXPECT_THAT(contradictions(refused, one), Not(IsEmpty()));
}

TEST(EndsInOrder, WithoutAnAttemptOnlyAtTheDeadline) {
  Scenario scenario = scenario_of({});
  scenario.deadline = 1s;
  for (const Outcome outcome : {Outcome::ok, Outcome::refused, Outcome::timeout}) {
    EXPECT_FALSE(ends_in_order(scenario, ended(outcome, 0, 1s), kReadyNs));
    EXPECT_TRUE(ends_in_order(scenario, ended(outcome, 1, 1ms), kReadyNs));
  }
  EXPECT_TRUE(ends_in_order(scenario, ended(Outcome::deadline, 0, 1s), kReadyNs));
  EXPECT_TRUE(ends_in_order(scenario, Sample{}, kReadyNs)) << "unfinished: counted elsewhere";
}

TEST(EndsInOrder, GivenUpNoEarlierThanTheDeadline) {
  Scenario scenario = scenario_of({});
  EXPECT_FALSE(ends_in_order(scenario, ended(Outcome::deadline, 0, 1s), kReadyNs)) << "none set";
  scenario.deadline = 1s;
  for (const std::uint8_t attempts : {0, 1}) {
    EXPECT_FALSE(ends_in_order(scenario, ended(Outcome::deadline, attempts, 997ms), kReadyNs));
    EXPECT_TRUE(ends_in_order(scenario, ended(Outcome::deadline, attempts, 999ms), kReadyNs));
    EXPECT_TRUE(ends_in_order(scenario, ended(Outcome::deadline, attempts, 2s), kReadyNs));
  }
}

TEST(UnfoundedEnds, AreCountedByOutcome) {
  const std::vector<Sample> samples{ended(Outcome::ok, 1, 1s), ended(Outcome::deadline, 0, 1s),
                                    ended(Outcome::reset, 0, 1s), ended(Outcome::reset, 0, 1s)};
  EXPECT_THAT(unfounded_ends(scenario_of({}), samples, kReadyNs),
              ElementsAre(testing::Pair("deadline", 1), testing::Pair("reset", 2)));
}

TEST(Contradictions, OfCountsAndFaults) {
  Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::hang, .share = 0.1}}});
  scenario.timeout = 2s;
  const Attempts attempts = account(scenario, as_due(scenario), kSeed);
  const ServerCounters right = counters_of(attempts);
  ServerCounters server = right;
  --server.faults.at("hang");
  EXPECT_THAT(contradictions(attempts, server), ElementsAre(HasSubstr("x hang")));
  server = right;
  server.faults["truncate"] = 1;
  EXPECT_THAT(contradictions(attempts, server),
              ElementsAre("the server acted out 1 x truncate, 0 requests were to meet it"));
  server = right;
  --server.requests;
  EXPECT_THAT(contradictions(attempts, server),
              ElementsAre("the server received 999, the client made 1,000 requests"));
  server = right;
  server.duplicate_tokens = 1;
  EXPECT_THAT(contradictions(attempts, server),
              ElementsAre("1 request reached the server more than once"));
}

TEST(Contradictions, AllowCopiesOfWhatWasResetOnly) {
  const Scenario scenario = scenario_of({.faults = {{FaultKind::reset}}});
  const Attempts attempts = account(scenario, as_due(scenario), kSeed);
  ServerCounters server = counters_of(attempts);
  server.requests += 5;
  server.duplicate_tokens = 5;
  server.replayed = 5;
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  server.replayed = 4;
  EXPECT_THAT(contradictions(attempts, server), Not(IsEmpty()));
}

TEST(Contradictions, LeaveRoomForTimeOutsBelowASecond) {
  Scenario scenario = scenario_of({.faults = {{.kind = FaultKind::hang, .share = 0.1}}});
  for (const auto& [timeout, sure] : {std::pair{999ms, false}, std::pair{1000ms, true}}) {
    scenario.timeout = timeout;
    const Attempts attempts = account(scenario, as_due(scenario), kSeed);
    ServerCounters server = counters_of(account(scenario, as_due(scenario), kSeed));
    server.requests = server.unique_tokens = 950;
    EXPECT_EQ(contradictions(attempts, server).empty(), !sure);
  }
}

TEST(Contradictions, LeaveRoomForWhatTheDeadlineCut) {
  Scenario scenario = scenario_of({});
  scenario.deadline = 1s;
  std::vector<Sample> samples = as_due(scenario);
  for (std::size_t i = 0; i < 10; ++i) samples[i].outcome = Outcome::deadline;
  for (std::size_t i = 10; i < 15; ++i) {  // never begun
    samples[i].outcome = Outcome::deadline;
    samples[i].attempts = 0;
  }
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_EQ(attempts.made, 995U);
  for (const std::uint64_t arrived : {985U, 995U}) {
    ServerCounters server;
    server.requests = server.unique_tokens = arrived;
    EXPECT_THAT(contradictions(attempts, server), IsEmpty()) << arrived;
  }
  for (const std::uint64_t arrived : {984U, 996U}) {
    ServerCounters server;
    server.requests = server.unique_tokens = arrived;
    EXPECT_THAT(contradictions(attempts, server), Not(IsEmpty())) << arrived;
  }
}

}  // namespace
}  // namespace fanout
