// Requests over HTTP/2 that may end because of others on their connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/judge/made_attempts.h"

namespace fanout {
namespace {

using testing::IsEmpty;
using testing::Not;
using unit_test::as_due;
using unit_test::counters_of;
using unit_test::kSeed;
using unit_test::scenario_of;

// Whose cells speak HTTP/2 over so many connections.
Scenario shared_by(unsigned connections, const HostBehaviour& host) {
  Scenario scenario = scenario_of(host);
  scenario.timeout = std::chrono::seconds(2);
  scenario.protocols = {.versions = {HttpVersion::http2}, .connections = {connections}};
  return scenario;
}

bool may_end_so(const Scenario& scenario, Outcome outcome) {
  return may_end(scenario, scenario.server().hosts[0], make_token(kSeed, 0), outcome);
}

// A host that spares the token that may_end_so() asks for.
HostBehaviour sparing(FaultKind kind) { return {.faults = {{.kind = kind, .share = 0}}}; }

TEST(SharedEnds, AreThoseOfAConnectionThatTheServerEnds) {
  const HostBehaviour hosts[] = {
      sparing(FaultKind::connection_loss), sparing(FaultKind::goaway), {.close_after = 5}};
  for (const HostBehaviour& host : hosts) {
    for (const Outcome outcome : {Outcome::reset, Outcome::truncated, Outcome::timeout}) {
      EXPECT_TRUE(may_end_so(shared_by(2, host), outcome));
      EXPECT_FALSE(may_end_so(shared_by(kOneForEach, host), outcome));
      Scenario hedged = shared_by(kOneForEach, host);
      hedged.hedge.budget = 0.1;
      EXPECT_TRUE(may_end_so(hedged, outcome));
      Scenario http1 = shared_by(2, host);
      http1.protocols.versions = {HttpVersion::http1};
      EXPECT_FALSE(may_end_so(http1, outcome));
    }
    EXPECT_FALSE(may_end_so(shared_by(2, host), Outcome::bad_token));
  }
  EXPECT_FALSE(may_end_so(shared_by(2, sparing(FaultKind::reset)), Outcome::reset));
}

TEST(SharedEnds, LeaveOpenWhatTheServerSaw) {
  const Scenario scenario =
      shared_by(2, {.faults = {{.kind = FaultKind::connection_loss, .share = 0.1},
                               {.kind = FaultKind::status, .share = 0.1}}});
  std::vector<Sample> samples = as_due(scenario);
  std::uint64_t lost = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i % 3 == 0) samples[i].outcome = Outcome::reset;
    if (samples[i].outcome == Outcome::reset) ++lost;
  }
  const Attempts attempts = account(scenario, samples, kSeed);
  EXPECT_THAT(attempts.failed, IsEmpty());
  EXPECT_THAT(attempts.not_as_due, IsEmpty());
  EXPECT_EQ(attempts.uncertain, lost);
  ServerCounters server = counters_of(attempts);
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  server.faults["connection_loss"] = 90;
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  server.requests = server.unique_tokens = scenario.requests - lost;
  EXPECT_THAT(contradictions(attempts, server), IsEmpty());
  --server.unique_tokens;
  EXPECT_THAT(contradictions(attempts, server), Not(IsEmpty()));
}

TEST(SharedEnds, LetALibraryAskAgainForAnswersThatWereLost) {
  for (const auto& [kind, connections, excused] :
       {std::tuple{FaultKind::connection_loss, 2U, 10U},
        std::tuple{FaultKind::connection_loss, kOneForEach, 0U},
        std::tuple{FaultKind::goaway, 2U, 0U}}) {
    const Scenario scenario = shared_by(connections, {.faults = {{.kind = kind, .share = 0.01}}});
    ASSERT_EQ(scenario.workers, std::vector{10U});
    const std::vector<Sample> samples = as_due(scenario);
    const auto losses =
        static_cast<std::uint64_t>(std::ranges::count(samples, Outcome::reset, &Sample::outcome));
    const Attempts attempts = account(scenario, samples, kSeed);
    ServerCounters server = counters_of(attempts);
    server.faults[std::string(fault_name(kind))] = losses;
    server.duplicate_tokens = losses * excused;
    server.requests += server.duplicate_tokens;
    EXPECT_THAT(contradictions(attempts, server), IsEmpty());
    ++server.duplicate_tokens;
    ++server.requests;
    EXPECT_THAT(contradictions(attempts, server),
                testing::Contains(testing::HasSubstr("reached the server more than once")));
  }
}

TEST(SharedEnds, OfAStreamMayHideTheBeginningOfItsAnswer) {
  for (const FaultKind kind : {FaultKind::truncate, FaultKind::reset_amid_body}) {
    Scenario scenario = shared_by(kOneForEach, {.body_bytes = 100, .faults = {{kind}}});
    EXPECT_TRUE(may_end_so(scenario, Outcome::truncated));
    EXPECT_TRUE(may_end_so(scenario, Outcome::reset));
    scenario.protocols.versions = {HttpVersion::http1};
    EXPECT_FALSE(may_end_so(scenario, Outcome::reset));
  }
}

}  // namespace
}  // namespace fanout
