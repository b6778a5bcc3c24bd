// What is said of limits: how soon a strategy settled, and whether hosts had their parts.
#include "harness/judge/limits_met.h"

#include <gtest/gtest.h>

#include "harness/scenario/capacity_steps.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using unit_test::kMs;

// A limit every 10 ms.
std::vector<LimitMoment> moments(const std::vector<double>& limits) {
  std::vector<LimitMoment> found;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    found.push_back({.at_ns = static_cast<std::int64_t>(i) * 10 * kMs, .limit = limits[i]});
  }
  return found;
}

TEST(SettleTime, IsWhenTheLimitStaysNearItsLaterMedian) {
  EXPECT_EQ(settle_time(moments({1, 2, 4, 9, 10, 10, 11, 10, 9, 10}), 0), 30 * kMs);
  EXPECT_EQ(settle_time(moments({10, 10, 10, 10, 11, 10, 9, 10}), 0), 0);
}

TEST(SettleTime, BeginsAtTheMomentOfAChange) {
  EXPECT_EQ(settle_time(moments({20, 20, 20, 20, 12, 9, 8, 8, 8, 8, 8, 8}), 30 * kMs), 20 * kMs);
}

TEST(SettleTime, IsNoneOfALimitThatStraysToTheEndOrOfAFewMoments) {
  EXPECT_EQ(settle_time(moments({10, 10, 10, 10, 10, 10, 10, 20}), 0), std::nullopt);
  EXPECT_EQ(settle_time(moments({10, 10, 10}), 0), std::nullopt);
  EXPECT_EQ(settle_time({}, 0), std::nullopt);
}

TEST(Fairness, IsJainsIndex) {
  EXPECT_DOUBLE_EQ(fairness_of({5, 5, 5}), 1);
  EXPECT_DOUBLE_EQ(fairness_of({6, 0, 0}), 1.0 / 3);
  EXPECT_DOUBLE_EQ(fairness_of({1, 3}), 0.8);
  EXPECT_DOUBLE_EQ(fairness_of({0, 0}), 1);
}

TEST(CapacitySteps, AreThePlacesOrWhatARateKeepsInFlight) {
  Scenario scenario;
  scenario.server().hosts.resize(1);
  EXPECT_TRUE(capacity_steps(scenario).empty());
  HostBehaviour& host = scenario.server().hosts[0];
  host.delay.mean = 80ms;
  host.limit = ServerLimit{.figures = {.rate = 100, .burst = 20}};
  ASSERT_EQ(capacity_steps(scenario).size(), 1U);
  EXPECT_DOUBLE_EQ(capacity_steps(scenario)[0].in_flight, 8);
  host.limit = ServerLimit{.figures = {.concurrency = 20}, .change_after = 2s};
  host.limit->changed.concurrency = 8;
  ASSERT_EQ(capacity_steps(scenario).size(), 2U);
  EXPECT_DOUBLE_EQ(capacity_steps(scenario)[0].in_flight, 20);
  EXPECT_DOUBLE_EQ(capacity_steps(scenario)[1].in_flight, 8);
  EXPECT_EQ(capacity_steps(scenario)[1].from_ns, 2'000 * kMs);
}

}  // namespace
}  // namespace fanout
