// When requests of an open loop are due.
#include "harness/scenario/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Schedule, HasNoneWithoutARate) { EXPECT_THAT(due_times({}, 5), IsEmpty()); }

TEST(Schedule, SpacesConstantArrivalsEvenly) {
  EXPECT_THAT(due_times({.rate = 1000}, 4), ElementsAre(0, 1'000'000, 2'000'000, 3'000'000));
}

// 3 a second: the 3,000,001st is due after 1,000,000 s to the nanosecond, not after the sum of
// rounded gaps.
TEST(Schedule, DoesNotDrift) {
  EXPECT_EQ(due_times({.rate = 3}, 3'000'001).back(), 1'000'000'000'000'000);
}

TEST(Schedule, AscendsFromZero) {
  const auto due = due_times({.rate = 5e6, .arrivals = Arrivals::poisson, .seed = 7}, 100'000);
  EXPECT_EQ(due.front(), 0);
  EXPECT_TRUE(std::ranges::is_sorted(due));
}

TEST(Schedule, IsTheSameForTheSameSeedOnly) {
  const Schedule schedule{.rate = 10, .arrivals = Arrivals::poisson, .seed = 7};
  EXPECT_EQ(due_times(schedule, 50), due_times(schedule, 50));
  Schedule other = schedule;
  other.seed = 8;
  EXPECT_NE(due_times(schedule, 50), due_times(other, 50));
}

// Requests of a longer run are due when they are in a shorter one.
TEST(Schedule, DoesNotDependOnHowManyThereAre) {
  const Schedule schedule{.rate = 10, .arrivals = Arrivals::poisson, .seed = 7};
  auto longer = due_times(schedule, 60);
  longer.resize(50);
  EXPECT_EQ(due_times(schedule, 50), longer);
}

// Exponential gaps: mean and standard deviation are the same, and a share of 1/e is longer. Each
// within four standard errors.
TEST(Schedule, DrawsExponentialGaps) {
  constexpr int kGaps = 100'000;
  constexpr double kGapNs = 1e6;
  const auto due =
      due_times({.rate = 1e9 / kGapNs, .arrivals = Arrivals::poisson, .seed = 3}, kGaps + 1);
  double sum = 0;
  double squares = 0;
  int longer = 0;
  for (int i = 0; i < kGaps; ++i) {
    const double gap = static_cast<double>(due[i + 1] - due[i]) / kGapNs;
    sum += gap;
    squares += gap * gap;
    if (gap > 1) ++longer;
  }
  const double error = 4 / std::sqrt(kGaps);
  EXPECT_NEAR(sum / kGaps, 1, error);
  EXPECT_NEAR(squares / kGaps, 2, std::sqrt(20) * error);
  EXPECT_NEAR(static_cast<double>(longer) / kGaps, std::exp(-1), error / 2);
}

}  // namespace
}  // namespace fanout
