// How many retries there may be, and who makes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/transports/scripted_client.h"
#include "transports/policy_state.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using unit_test::kRequest;
using unit_test::ScriptedAsync;

class RetryBudget : public unit_test::Policy {};

TEST_F(RetryBudget, MakesNoMoreRetriesThanTheBudgetAllows) {
  config.retry = {.retries = 5, .base = 0ms, .cap = 0ms, .budget = 0.5};
  script.answers = {kReset};
  both([&](auto fetch) {
    PolicyState state{};
    config.policy_state = &state;
    unsigned retried = 0;
    constexpr unsigned kRequests = 40;
    for (unsigned i = 0; i < kRequests; ++i) retried += (this->*fetch)().attempts - 1U;
    // A full bucket of ten, and half a retry for each request.
    EXPECT_NEAR(retried, 10 + 0.5 * kRequests, 1);  // a full bucket earns nothing
    EXPECT_GT(state.retries_denied, 0U);
  });
}

TEST_F(RetryBudget, HandsItsRetriesOverToWhoAsksForThem) {
  script.answers = {kReset, kOk};
  const auto client =
      with_policy(std::unique_ptr<AsyncClient>(std::make_unique<ScriptedAsync>(script)), config);
  std::vector<Outcome> ended;
  std::function<void()> begin;
  client->hand_over_retries({.ended = [&](const Response& one) { ended.push_back(one.outcome); },
                             .due = [&](std::function<void()> due) { begin = std::move(due); }});
  Outcome last = Outcome::none;
  client->start(kRequest, [&](const Response& response) { last = response.outcome; });
  client->run();
  EXPECT_THAT(ended, ElementsAre(Outcome::reset));
  EXPECT_EQ(last, Outcome::none) << "nobody has begun the second attempt";
  begin();
  client->run();
  EXPECT_EQ(last, Outcome::ok);
}

}  // namespace
}  // namespace fanout
