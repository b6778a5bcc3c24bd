// Retries, backoff and deadlines, on clients that answer as the test says.
#include "transports/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "base/clock.h"
#include "tests/unit/transports/scripted_client.h"
#include "transports/deadline.h"
#include "transports/retried.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using namespace unit_test;
using testing::ElementsAre;

TEST_F(Policy, LeavesASuccessAlone) {
  script.answers = {kOk};
  both([&](auto fetch) {
    const Response response = (this->*fetch)();
    EXPECT_EQ(response.outcome, Outcome::ok);
    EXPECT_EQ(response.attempts, 1);
    EXPECT_EQ(response.retried, 0U);
    EXPECT_THAT(script.tokens, ElementsAre(42));
  });
}

TEST_F(Policy, AsksForAListedPathAgainAsItIs) {
  config.paths = "/x";
  script.answers = {kReset, kOk};
  both([&](auto fetch) {
    EXPECT_EQ((this->*fetch)().outcome, Outcome::ok);
    EXPECT_THAT(script.tokens, ElementsAre(42, 42));
  });
}

TEST_F(Policy, MakesATransientFailureAgainWithATokenOfItsOwn) {
  script.answers = {kReset, status(503), kOk};
  both([&](auto fetch) {
    const Response response = (this->*fetch)();
    EXPECT_EQ(response.outcome, Outcome::ok);
    EXPECT_EQ(response.attempts, 3);
    EXPECT_EQ(retried_attempt(response.retried, 0).outcome, Outcome::reset);
    EXPECT_EQ(retried_attempt(response.retried, 1).outcome, Outcome::bad_status);
    EXPECT_EQ(retried_attempt(response.retried, 2).outcome, Outcome::none);
    EXPECT_THAT(script.tokens, ElementsAre(42, attempt_token(42, 1), attempt_token(42, 2)));
  });
}

TEST_F(Policy, GivesUpAfterTheLastRetry) {
  script.answers = {kReset};
  both([&](auto fetch) {
    const Response response = (this->*fetch)();
    EXPECT_EQ(response.outcome, Outcome::reset);
    EXPECT_EQ(response.attempts, 4);
    EXPECT_EQ(std::set(script.tokens.begin(), script.tokens.end()).size(), 4U);
  });
}

TEST_F(Policy, RetriesWhatMayPassAndNothingElse) {
  for (const std::uint16_t code : {429, 502, 503, 504}) EXPECT_TRUE(is_transient(status(code)));
  for (const std::uint16_t code : {400, 404, 500, 501}) EXPECT_FALSE(is_transient(status(code)));
  for (int i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    const bool transient = outcome == Outcome::refused || outcome == Outcome::reset ||
                           outcome == Outcome::connect_timeout || outcome == Outcome::timeout ||
                           outcome == Outcome::truncated;
    EXPECT_EQ(is_transient({.outcome = outcome}), transient) << outcome_name(outcome);
  }
}

TEST_F(Policy, RetriesAPostOnlyIfAsked) {
  config.method = Method::post;
  script.answers = {kReset};
  both([&](auto fetch) { EXPECT_EQ((this->*fetch)().attempts, 1); });
  config.retry.post = true;
  both([&](auto fetch) { EXPECT_EQ((this->*fetch)().attempts, 4); });
}

TEST_F(Policy, WaitsWithinTheBoundsOfTheBackoff) {
  script.answers = {kReset};
  const Response response = blocking();
  ASSERT_EQ(response.attempts, 4);
  for (unsigned k = 1; k <= 3; ++k) {
    EXPECT_GE(script.at_ns[k] - script.at_ns[k - 1], backoff(config.retry, 42, k).count());
  }
  (void)async();
  EXPECT_THAT(script.waits, ElementsAre(backoff(config.retry, 42, 1), backoff(config.retry, 42, 2),
                                        backoff(config.retry, 42, 3)));
}

TEST_F(Policy, ObeysRetryAfter) {
  script.answers = {status(503, 7), kOk};
  (void)async();
  EXPECT_THAT(script.waits, ElementsAre(7s));
}

TEST_F(Policy, DoesNotWaitForEver) {
  script.answers = {status(503, 60), kOk};
  (void)async();
  EXPECT_THAT(script.waits, ElementsAre(60s));
  script = {};
  script.answers = {status(503, 61), kOk};
  EXPECT_EQ(async().attempts, 1);
}

TEST_F(Policy, DoesNotRetryBeyondTheDeadline) {
  const std::atomic<std::int64_t> deadline = now_ns() + 3'000'000'000;
  config.deadline = &deadline;
  script.answers = {status(503, 7), kOk};  // to wait 7 s, of which 3 are left
  both([&](auto fetch) {
    const Response response = (this->*fetch)();
    EXPECT_EQ(response.outcome, Outcome::bad_status);
    EXPECT_EQ(response.attempts, 1);
  });
}

TEST_F(Policy, BeginsNothingAfterTheDeadline) {
  const std::atomic<std::int64_t> deadline = now_ns() - 1;
  config.deadline = &deadline;
  script.answers = {kOk};
  both([&](auto fetch) {
    const Response response = (this->*fetch)();
    EXPECT_EQ(response.outcome, Outcome::deadline);
    EXPECT_EQ(response.attempts, 0);
    EXPECT_TRUE(script.tokens.empty());
  });
  EXPECT_TRUE(past_deadline(config));
  EXPECT_EQ(given_up_client(config)->fetch(kRequest).outcome, Outcome::deadline);
}

// A client that is out of time just when everybody is.
class OutOfTime : public BlockingClient {
 public:
  explicit OutOfTime(std::atomic<std::int64_t>& deadline) : deadline_(deadline) {}
  Response fetch(const Request&) override {
    deadline_ = now_ns();
    return failed(Outcome::timeout);
  }

 private:
  std::atomic<std::int64_t>& deadline_;
};

TEST_F(Policy, CallsATimeOutAtTheDeadlineByItsName) {
  std::atomic<std::int64_t> deadline = kNever;
  config.deadline = &deadline;
  const auto client = with_policy(std::make_unique<OutOfTime>(deadline), config);
  const Response response = client->fetch(kRequest);
  EXPECT_EQ(response.outcome, Outcome::deadline);
  EXPECT_EQ(response.attempts, 1);
}

TEST_F(Policy, IsNotThereWhenNothingIsAskedOfIt) {
  config.retry.retries = 0;
  auto client = std::make_unique<ScriptedBlocking>(script);
  const BlockingClient* raw = client.get();
  EXPECT_EQ(with_policy(std::move(client), config).get(), raw);
}

TEST(Backoff, IsEvenFromNothingToItsGrowingCap) {
  const RetryPolicy policy{.retries = 4, .base = 100ms, .factor = 2, .cap = 300ms};
  const std::chrono::nanoseconds caps[] = {100ms, 200ms, 300ms, 300ms};
  for (unsigned attempt = 1; attempt <= 4; ++attempt) {
    const auto cap = caps[attempt - 1];
    double sum = 0;
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) {
      const auto wait = backoff(policy, make_token(1, static_cast<std::uint64_t>(i)), attempt);
      ASSERT_GE(wait, 0ns);
      ASSERT_LE(wait, cap);
      sum += static_cast<double>(wait.count());
    }
    EXPECT_NEAR(sum / kDraws, static_cast<double>(cap.count()) / 2,
                static_cast<double>(cap.count()) * 0.02);
  }
  EXPECT_EQ(backoff(policy, 1, 2), backoff(policy, 1, 2));
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(retry_after_seconds("120"), 120U);
  EXPECT_EQ(retry_after_seconds("0"), 0U);
  EXPECT_EQ(retry_after_seconds("99999999999999999999"), 86'400U);
  EXPECT_EQ(retry_after_seconds(""), 0U);
  EXPECT_EQ(retry_after_seconds("-3"), 0U);
  EXPECT_EQ(retry_after_seconds("soon"), 0U);
  EXPECT_EQ(retry_after_seconds("12s"), 0U);
  EXPECT_EQ(retry_after_seconds("Fri, 31 Dec 1999 23:59:59 GMT"), 0U);
  EXPECT_EQ(retry_after_seconds("Fri, 31 Dec 2999 23:59:59 GMT"), 86'400U);
}

}  // namespace
}  // namespace fanout
