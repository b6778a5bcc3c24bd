#include "harness/statistics/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
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

TEST(SignedRankLimit, IsThatOfThePublishedTable) {
  // Critical values of the signed-rank test, 5 % two-sided: Wilcoxon and Wilcox, Some Rapid
  // Approximate Statistical Procedures (1964), exact as in Hollander, Wolfe and Chicken, table A.4.
  const std::map<std::size_t, std::size_t> published{
      {6, 0},   {7, 2},   {8, 3},   {9, 5},   {10, 8},  {11, 10}, {12, 13},
      {13, 17}, {14, 21}, {15, 25}, {16, 29}, {17, 34}, {18, 40}, {19, 46},
      {20, 52}, {21, 58}, {22, 65}, {23, 73}, {24, 81}, {25, 89}};
  for (const auto& [n, limit] : published) EXPECT_EQ(signed_rank_limit(n), limit) << "n = " << n;
  for (std::size_t n = 0; n < 6; ++n) EXPECT_FALSE(signed_rank_limit(n)) << "n = " << n;
}

TEST(SignedRankCdf, CountsTheSubsetsOfRanks) {
  // n = 4: of 16 sets of signs, those with rank sums 0, 1, 2, 3 and 3 have at most 3.
  EXPECT_DOUBLE_EQ(signed_rank_cdf(3, 4), 5.0 / 16);
  EXPECT_DOUBLE_EQ(signed_rank_cdf(10, 4), 1);
  EXPECT_DOUBLE_EQ(signed_rank_cdf(0, 10), 1.0 / 1024);
  EXPECT_DOUBLE_EQ(signed_rank_cdf(8, 10), 25.0 / 1024);
}

TEST(SignedRankCdf, GoesOverIntoTheNormalDistribution) {
  for (const std::size_t t : {400U, 500U, 600U, 637U}) {
    const double exact = signed_rank_cdf(t, 50);
    const double deviation = std::sqrt(50.0 * 51 * 101 / 24);
    const double normal =
        std::erfc(-(static_cast<double>(t) + 0.5 - 637.5) / deviation / std::sqrt(2.0)) / 2;
    EXPECT_NEAR(exact, normal, 0.002) << t;
  }
  EXPECT_LT(signed_rank_cdf(500, 51), signed_rank_cdf(500, 50));
}

// Ratios second / first of rounds, against a first of 1.
Comparison compared(std::vector<double> ratios) {
  return compare_rounds(std::vector<double>(ratios.size(), 1), ratios);
}

TEST(CompareRounds, AgreesWithAWorkedExample) {
  // Hollander, Wolfe and Chicken, example 3.1 (Hamilton depression scale, 9 patients), whose
  // differences stand here as logarithms: estimate -0.46, T = 5 (p = 0.0391 two-sided), and an
  // interval from -0.786 to -0.010 with 96.1 %.
  const std::vector<double> before{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> after{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::vector<double> ratios;
  for (std::size_t i = 0; i < before.size(); ++i) ratios.push_back(std::exp(after[i] - before[i]));
  const Comparison found = compared(ratios);
  EXPECT_NEAR(std::log(found.ratio), -0.46, 0.0005);
  EXPECT_NEAR(std::log(*found.low), -0.786, 0.0005);
  EXPECT_NEAR(std::log(*found.high), -0.010, 0.0005);
  EXPECT_NEAR(found.p, 0.0391, 0.00005);
}

TEST(CompareRounds, HasNoIntervalBelowSixRounds) {
  const Comparison five = compared({1.1, 1.1, 1.2, 1.1, 1.1});
  EXPECT_FALSE(five.low);
  EXPECT_FALSE(five.high);
  EXPECT_NEAR(five.ratio, 1.1, 1e-9);
  EXPECT_DOUBLE_EQ(five.p, 2.0 / 32);
  const Comparison six = compared({1.1, 1.1, 1.2, 1.1, 1.1, 1.1});
  EXPECT_NEAR(*six.low, 1.1, 1e-9);
  EXPECT_NEAR(*six.high, 1.2, 1e-9);
}

TEST(CompareRounds, FindsNothingInWhatIsEqual) {
  const Comparison same = compared(std::vector<double>(10, 1));
  EXPECT_EQ(same.ratio, 1);
  EXPECT_EQ(*same.low, 1);
  EXPECT_EQ(*same.high, 1);
  EXPECT_EQ(same.p, 1);
  EXPECT_EQ(compared({}).rounds, 0U);
}

TEST(CompareRounds, IsTheInverseTheOtherWayRound) {
  const std::vector<double> first{3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<double> second{4, 4.1, 5.3, 5.5, 7.9, 8.8, 9.1, 12};
  const Comparison there = compare_rounds(first, second);
  const Comparison back = compare_rounds(second, first);
  EXPECT_NEAR(there.ratio * back.ratio, 1, 1e-12);
  EXPECT_NEAR(*there.low * *back.high, 1, 1e-12);
  EXPECT_EQ(there.p, back.p);
}

TEST(ShareInterval, HasTheExactLimitsOfClopperAndPearson) {
  const Interval half = share_interval(5, 10);
  EXPECT_EQ(half.median, 0.5);
  EXPECT_NEAR(*half.low, 0.1871, 1e-4);
  EXPECT_NEAR(*half.high, 0.8129, 1e-4);
  EXPECT_EQ(*share_interval(100, 100).high, 1);
  EXPECT_NEAR(*share_interval(100, 100).low, 0.9638, 1e-4);
  EXPECT_EQ(*share_interval(0, 100).low, 0);
}

}  // namespace
}  // namespace fanout
