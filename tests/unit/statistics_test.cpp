#include "harness/statistics.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <utility>

namespace fanout {
namespace {

using Pair = std::pair<std::size_t, std::size_t>;

Pair limits_of(std::size_t n) {
  const auto limits = median_limits(n);
  return limits ? Pair{limits->low, limits->high} : Pair{};
}

TEST(MedianLimits, AreThoseOfThePublishedTable) {
  const std::map<std::size_t, Pair> published{
      {6, {1, 6}},  {7, {1, 7}},   {8, {1, 8}},   {9, {2, 8}},
      {10, {2, 9}}, {15, {4, 12}}, {20, {6, 15}}, {25, {8, 18}},
  };
  for (const auto& [n, limits] : published) EXPECT_EQ(limits_of(n), limits) << "n = " << n;
}

TEST(MedianLimits, AreNothingBelowSixValues) {
  // All 5 on one side of the median: 2 x (1/2)^5 = 6.25 %, more than 5 %.
  for (std::size_t n = 0; n < 6; ++n) EXPECT_FALSE(median_limits(n)) << "n = " << n;
}

TEST(MedianLimits, AreTheNarrowestWithAtLeast95PercentByTheExactBinomial) {
  // The j-th smallest and j-th largest miss the median with probability
  // 2 x (C(n,0) + ... + C(n,j-1)) / 2^n; this is at most 1/20 when 40 x the sum is at most 2^n.
  for (std::uint64_t n = 1; n <= 50; ++n) {
    std::uint64_t choose = 1;  // C(n, j)
    std::uint64_t sum = 0;
    std::uint64_t j = 0;
    while (40 * (sum + choose) <= 1ULL << n) {
      sum += choose;
      choose = choose * (n - j) / (j + 1);
      ++j;
    }
    EXPECT_EQ(limits_of(n), j == 0 ? Pair{} : Pair(j, n + 1 - j)) << "n = " << n;
  }
}

TEST(MedianLimits, HoldForManyValues) {
  // Normal approximation at n = 1000: 500.5 - 1.96 x sqrt(1000) / 2 = 469.5.
  const auto limits = median_limits(1000);
  ASSERT_TRUE(limits);
  EXPECT_NEAR(static_cast<double>(limits->low), 469, 1);
  EXPECT_EQ(limits->low + limits->high, 1001U);
}

TEST(MedianInterval, IsTheMiddleValueOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median_interval({3, 1, 2}).median, 2);
  EXPECT_EQ(median_interval({4, 1, 30, 2}).median, 3);
  EXPECT_EQ(median_interval({7}).median, 7);
}

TEST(MedianInterval, TakesItsLimitsFromTheSortedValues) {
  const Interval interval = median_interval({100, 20, 10, 90, 30, 80, 40, 70, 50, 60});
  EXPECT_EQ(interval.median, 55);
  EXPECT_EQ(interval.low, 20);  // n = 10: 2nd and 9th
  EXPECT_EQ(interval.high, 90);
}

TEST(MedianInterval, HasNoLimitsForFewValuesAndIsZeroForNone) {
  EXPECT_EQ(median_interval({1, 2, 3, 4, 5}).low, std::nullopt);
  EXPECT_EQ(median_interval({1, 2, 3, 4, 5}).high, std::nullopt);
  EXPECT_EQ(median_interval({}).median, 0);
  EXPECT_EQ(median_interval({}).low, std::nullopt);
}

}  // namespace
}  // namespace fanout
