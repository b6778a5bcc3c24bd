// Second attempts for what is late.
#include "transports/hedge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "base/clock.h"
#include "tests/unit/transports/late_client.h"
#include "transports/policy_state.h"
#include "transports/retried.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using unit_test::LateClient;

constexpr Request kHedgedRequest{0, 0, 42};
const std::uint64_t kSecondToken = attempt_token(42, 1);

class Hedge : public testing::Test {
 protected:
  Hedge() {
    config.policy_state = &state;
    config.hedge = {.after = 10ms, .budget = 1};
  }
  // One request whose first attempt takes so long, and its second so long.
  Response make(std::chrono::nanoseconds first, std::chrono::nanoseconds second) {
    auto inner = std::make_unique<LateClient>(0ms);
    late = inner.get();
    late->each_of = [=](const Request& request) {
      return request.token == kSecondToken ? second : first;
    };
    late->answer_of = answer_of;
    client = with_hedge(std::move(inner), config);
    Response response;
    unsigned calls = 0;
    client->start(kHedgedRequest, [&](const Response& ended) {
      response = ended;
      ++calls;
    });
    client->run();
    EXPECT_EQ(calls, 1U);
    return response;
  }

  ClientConfig config;
  PolicyState state{};
  std::function<Response(const Request&)> answer_of;
  std::unique_ptr<AsyncClient> client;
  LateClient* late = nullptr;
};

TEST_F(Hedge, LeavesWhatIsInTimeAlone) {
  const Response response = make(1ms, 1ms);
  EXPECT_FALSE(response.hedged);
  EXPECT_EQ(response.attempts, 1);
  EXPECT_EQ(late->begun_ns.size(), 1U);
}

TEST_F(Hedge, LetsTheFirstAnswerWinAndGivesTheOtherUp) {
  const Response response = make(200ms, 5ms);
  EXPECT_TRUE(response.hedged);
  EXPECT_TRUE(response.hedge_won);
  EXPECT_EQ(response.attempts, 2);
  EXPECT_EQ(response.outcome, Outcome::ok);
  EXPECT_EQ(late->given_up, 1U);
  const Response slower = make(30ms, 200ms);
  EXPECT_TRUE(slower.hedged);
  EXPECT_FALSE(slower.hedge_won);
  EXPECT_EQ(late->given_up, 1U);
}

TEST_F(Hedge, WaitsForTheOtherWhereOneFails) {
  answer_of = [](const Request& request) -> Response {
    if (request.token == kSecondToken) return {.outcome = Outcome::bad_status, .status = 503};
    return {.outcome = Outcome::ok, .status = 200};
  };
  const Response response = make(60ms, 5ms);
  EXPECT_EQ(response.outcome, Outcome::ok);
  EXPECT_FALSE(response.hedge_won);
  EXPECT_EQ(retried_attempt(response.retried, 0).status, 503);
  EXPECT_EQ(late->given_up, 0U);
  answer_of = [](const Request&) -> Response { return {.outcome = Outcome::reset}; };
  EXPECT_EQ(make(60ms, 5ms).outcome, Outcome::reset);
}

TEST_F(Hedge, TakesWhatTheDeadlineEndsForGivenUp) {
  answer_of = [](const Request&) -> Response { return {.outcome = Outcome::timeout}; };
  EXPECT_EQ(retried_attempt(make(60ms, 5ms).retried, 0).outcome, Outcome::timeout);
  const std::atomic<std::int64_t> deadline{now_ns()};
  config.deadline = &deadline;
  const Response response = make(60ms, 5ms);
  EXPECT_TRUE(response.hedged);
  EXPECT_EQ(response.retried, 0U);
}

TEST_F(Hedge, KeepsToItsBudget) {
  config.hedge.budget = 0.1;
  unsigned hedged = 0;
  for (int i = 0; i < 30; ++i) hedged += make(12ms, 200ms).hedged ? 1 : 0;
  // A full bucket of ten, and a tenth of thirty.
  EXPECT_GE(hedged, 11U);
  EXPECT_LE(hedged, 13U);
  EXPECT_EQ(state.hedges_denied, 30U - hedged);
}

TEST_F(Hedge, MakesNoSecondAttemptForWhatMayCountTwice) {
  config.method = Method::post;
  EXPECT_FALSE(make(30ms, 5ms).hedged);
  config.hedge.post = true;
  EXPECT_TRUE(make(30ms, 5ms).hedged);
}

TEST_F(Hedge, LearnsWhatIsLate) {
  config.hedge = {.percentile = 90, .budget = 1};
  auto inner = std::make_unique<LateClient>(1ms);
  late = inner.get();
  client = with_hedge(std::move(inner), config);
  unsigned hedged = 0;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const Request request{i, 0, make_token(5, i)};
    if (i == 59) late->each = 300ms;
    client->start(request, [&](const Response& response) { hedged += response.hedged ? 1 : 0; });
    client->run();
    if (i < 40) {
      EXPECT_EQ(hedged, 0U) << "too little was seen";
    }
  }
  EXPECT_GE(hedged, 1U);
}

TEST_F(Hedge, KeepsTheLoopNoLongerThanItsRequests) {
  config.hedge.after = 1h;
  EXPECT_FALSE(make(1ms, 1ms).hedged);  // it would be killed if it waited
}

TEST_F(Hedge, HasTwoAttemptsInFlightAtMost) {
  EXPECT_EQ(attempts_at_once(config), 2U);
  config.hedge.budget = 0;
  EXPECT_EQ(attempts_at_once(config), 1U);
}

}  // namespace
}  // namespace fanout
