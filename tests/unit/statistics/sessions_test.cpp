// Whole measurements as values: what is known of them by hand, and how often chance misleads.
#include "harness/statistics/sessions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace fanout {
namespace {

using Values = std::vector<double>;

TEST(CompareSessions, IsWelchsTestOfTheLogarithms) {
  // By hand: means 1 and 2, variances 1 and 4, 3 values each: t = 1 / sqrt(5 / 3) = 0.7746, and
  // (5 / 3)^2 / (1 / 18 + 16 / 18) = 2.941 degrees of freedom.
  const Values first{1, std::exp(1.0), std::exp(2.0)};
  const Values second{1, std::exp(2.0), std::exp(4.0)};
  const Comparison found = compare_sessions(first, second);
  EXPECT_NEAR(found.ratio, std::exp(1.0), 1e-9);
  EXPECT_EQ(found.rounds, 3U);
  EXPECT_NEAR(found.p, 0.496, 0.002);
  // The quantile of 2.941 degrees is 3.22.
  EXPECT_NEAR(std::log(*found.high) - 1, 3.22 * std::sqrt(5.0 / 3), 0.02);
  EXPECT_NEAR(std::log(*found.low) + std::log(*found.high), 2, 1e-9);
}

TEST(CompareSessions, GivesNoIntervalBelowThreeOnEitherSide) {
  EXPECT_FALSE(compare_sessions(Values{1, 2}, Values{1, 2, 3}).low);
  EXPECT_NEAR(compare_sessions(Values{1, 4}, Values{4}).ratio, 2, 1e-9);
  EXPECT_EQ(compare_sessions(Values{}, Values{1}).rounds, 0U);
  EXPECT_FALSE(next_session(Values{1, 2}, 0.99));
}

TEST(CompareSessions, KnowsSessionsThatAreAllTheSame) {
  EXPECT_EQ(compare_sessions(Values{2, 2, 2}, Values{2, 2, 2}).p, 1);
  const Comparison other = compare_sessions(Values{2, 2, 2}, Values{3, 3, 3});
  EXPECT_EQ(other.p, 0);
  EXPECT_DOUBLE_EQ(*other.low, 1.5);
}

// How many of 2,000 experiments with so many sessions a side, which differ by 5 %, find p <= 5 %.
double found_share(std::size_t sessions, double effect) {
  constexpr int kTrials = 2000;
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  int found = 0;
  for (int i = 0; i < kTrials; ++i) {
    Values first;
    Values second;
    for (std::size_t session = 0; session < sessions; ++session) {
      first.push_back(std::exp(noise(random)));
      second.push_back(effect * std::exp(noise(random)));
    }
    found += compare_sessions(first, second).p <= 0.05;
  }
  return static_cast<double>(found) / kTrials;
}

TEST(CompareSessions, MisleadsInFivePercentOfExperiments) {
  EXPECT_LE(found_share(3, 1), 0.05);
  EXPECT_LE(found_share(5, 1), 0.056) << "5 % and the chance of 2,000 experiments";
}

TEST(CompareSessions, FindsATenthMoreAmongSessionsThatDifferByATwentieth) {
  EXPECT_GE(found_share(10, 1.1), 0.95);
  EXPECT_GE(found_share(5, 1.2), 0.95);
}

TEST(NextSession, LiesWithinTheBandAsOftenAsWasAskedFor) {
  constexpr int kTrials = 4000;
  std::mt19937_64 random(2);
  std::normal_distribution<double> noise(0, 0.05);
  for (const std::size_t earlier : {3U, 8U}) {
    int within = 0;
    for (int i = 0; i < kTrials; ++i) {
      Values values;
      for (std::size_t k = 0; k < earlier; ++k) values.push_back(std::exp(noise(random)));
      const auto band = next_session(values, 0.99);
      const double next = std::exp(noise(random));
      within += *band->low <= next && next <= *band->high;
    }
    EXPECT_NEAR(within, 0.99 * kTrials, 25) << earlier;
  }
}

}  // namespace
}  // namespace fanout
