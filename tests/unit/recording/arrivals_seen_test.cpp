// When requests arrived, from their moments.
#include "harness/recording/arrivals_seen.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fanout {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

ArrivalsSeen seen_of(const std::vector<nanoseconds>& moments) {
  ArrivalCounter counter;
  for (const nanoseconds at : moments) counter.add(at);
  return counter.seen().value_or(ArrivalsSeen{});
}

TEST(ArrivalCounter, TellsEvenFromIndependentFromBursts) {
  std::vector<nanoseconds> even;
  std::vector<nanoseconds> independent;
  std::vector<nanoseconds> bursts;
  std::mt19937_64 random(5);
  std::exponential_distribution<double> gap(20);
  double now_s = 0;
  for (int i = 0; i < 4000; ++i) {
    even.emplace_back(1000s + i * 50ms);
    now_s += gap(random);
    independent.push_back(1000s + nanoseconds(static_cast<std::int64_t>(now_s * 1e9)));
    bursts.emplace_back(1000s + i / 100 * 5s);
  }
  EXPECT_NEAR(seen_of(even).rate, 20, 0.1);
  EXPECT_LT(seen_of(even).dispersion.value_or(9), 0.2);
  EXPECT_NEAR(seen_of(independent).dispersion.value_or(9), 1, 0.35);
  EXPECT_GT(seen_of(bursts).dispersion.value_or(0), 10);
  EXPECT_EQ(seen_of(bursts).busiest_rate, 100);
}

TEST(ArrivalCounter, CountsAYearInFlatMemory) {
  ArrivalCounter counter;
  constexpr int kRequests = 365 * 24;
  for (int i = 0; i < kRequests; ++i) counter.add(std::chrono::hours(i));
  const auto seen = counter.seen();
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->part, 512s);
  EXPECT_NEAR(seen->rate, 1 / 3600.0, 1e-6);
}

TEST(ArrivalCounter, TakesLinesInAnyOrder) {
  std::vector<nanoseconds> moments;
  for (int i = 0; i < 3000; ++i) moments.emplace_back(100'000s + i / 5 * 1s);
  const ArrivalsSeen forward = seen_of(moments);
  std::ranges::reverse(moments);
  for (const ArrivalsSeen& seen : {forward, seen_of(moments)}) {
    EXPECT_EQ(seen.span, 600s);
    EXPECT_DOUBLE_EQ(seen.rate, 5);
    EXPECT_DOUBLE_EQ(seen.busiest_rate, 5);
    EXPECT_EQ(seen.dispersion, 0);
  }
  const ArrivalsSeen early = seen_of({1000s, 998s, 1004s, 0s});
  EXPECT_EQ(early.requests, 4U);
  EXPECT_EQ(early.span, 1005s);
}

TEST(ArrivalCounter, SeesThatSeldomRequestsComeEvenly) {
  std::vector<nanoseconds> moments;
  for (int i = 0; i < 600; ++i) moments.emplace_back(i * 7s);
  EXPECT_LT(seen_of(moments).dispersion.value_or(9), 0.2);
  EXPECT_NEAR(seen_of(moments).rate, 1 / 7.0, 0.001);
}

TEST(ArrivalCounter, KnowsNoRateOfOneMoment) {
  ArrivalCounter counter;
  EXPECT_FALSE(counter.seen().has_value());
  for (int i = 0; i < 5; ++i) counter.add(7s);
  EXPECT_FALSE(counter.seen().has_value());
}

}  // namespace
}  // namespace fanout
