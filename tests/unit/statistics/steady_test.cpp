// When mode steady takes a run for warm, and for measured long enough.
#include "harness/statistics/steady.h"

#include <gtest/gtest.h>
#include "tests/unit/support.h"

namespace fanout {
namespace {

using Phase = SteadyDetector::Phase;

using unit_test::kMs;
constexpr std::int64_t kStart = 5'000 * kMs;

// A run seen every 200 ms.
class Steady : public testing::Test {
 protected:
  // So many requests finish in the next window.
  Phase window(std::uint64_t requests) {
    now += 200 * kMs;
    finished += requests;
    return detector.observe(now, finished);
  }
  Phase windows(int count, std::uint64_t requests) {
    Phase phase{};
    for (int i = 0; i < count; ++i) phase = window(requests);
    return phase;
  }
  [[nodiscard]] std::int64_t elapsed_ms() const { return (now - kStart) / kMs; }

  SteadyDetector detector{kStart, 10};
  std::int64_t now = kStart;
  std::uint64_t finished = 0;
};

TEST_F(Steady, MeasuresOnceFiveWindowsAgree) {
  EXPECT_EQ(windows(4, 1000), Phase::warming);
  EXPECT_EQ(detector.begin_ns(), 0);
  EXPECT_EQ(window(1000), Phase::measuring);
  EXPECT_EQ(detector.begin_ns(), kStart + 1'000 * kMs);
}

TEST_F(Steady, WaitsUntilARiseHasEnded) {
  for (const std::uint64_t requests : {100, 300, 600, 900}) window(requests);
  EXPECT_EQ(windows(3, 1000), Phase::warming);  // the last five still hold the 600
  EXPECT_EQ(window(1000), Phase::measuring);
  EXPECT_TRUE(detector.settled());
}

// 1,000 and 1,110 in turn have a standard deviation of 5.2 % of their mean; 1,000 and 1,090 of 4.2.
TEST_F(Steady, DrawsTheLineAtFivePercent) {
  for (const std::uint64_t requests : {1000, 1110, 1000, 1110, 1000}) window(requests);
  EXPECT_EQ(detector.begin_ns(), 0);
  for (const std::uint64_t requests : {1090, 1000, 1090, 1000, 1090}) window(requests);
  EXPECT_NE(detector.begin_ns(), 0);
}

TEST_F(Steady, ComparesRatesWhenItLooksLate) {
  windows(4, 1000);
  now += 300 * kMs;
  EXPECT_EQ(detector.observe(now, finished += 1500), Phase::measuring);
}

// Ten workers that all wait 80 ms: two or three waves in a window.
TEST_F(Steady, TakesWavesForNoChange) {
  for (const std::uint64_t requests : {20, 30, 20, 30}) window(requests);
  EXPECT_EQ(window(20), Phase::measuring);
}

// With random delays 25 requests are 20 or 30 by chance, also one at a time.
TEST_F(Steady, TakesChanceForNoChange) {
  detector = SteadyDetector(kStart, 1);
  for (const std::uint64_t requests : {20, 30, 24, 31}) window(requests);
  EXPECT_EQ(window(22), Phase::measuring);
}

TEST_F(Steady, GivesUpWarmingAfterThreeSeconds) {
  for (int i = 0; i < 7; ++i) EXPECT_EQ(windows(2, i % 2 == 0 ? 1000 : 2000), Phase::warming);
  EXPECT_EQ(window(1000), Phase::measuring);
  EXPECT_EQ(elapsed_ms(), 3'000);
  EXPECT_FALSE(detector.settled());
}

TEST_F(Steady, MeasuresForTwoSeconds) {
  windows(5, 1000);
  EXPECT_EQ(windows(9, 1000), Phase::measuring);
  EXPECT_EQ(window(1000), Phase::done);
  EXPECT_EQ(elapsed_ms(), 3'000);
  EXPECT_TRUE(detector.settled());
}

TEST_F(Steady, MeasuresTwoThousandRequests) {
  windows(5, 100);
  EXPECT_EQ(windows(19, 100), Phase::measuring);
  EXPECT_EQ(window(100), Phase::done);
  EXPECT_TRUE(detector.settled());
}

TEST_F(Steady, EndsAfterAMinute) {
  windows(5, 1);
  EXPECT_EQ(windows(294, 1), Phase::measuring);
  EXPECT_EQ(window(1), Phase::done);
  EXPECT_EQ(elapsed_ms(), 60'000);
  EXPECT_FALSE(detector.settled());
}

TEST_F(Steady, StaysDone) {
  windows(5, 10'000);
  EXPECT_EQ(windows(10, 10'000), Phase::done);
  EXPECT_EQ(windows(10, 0), Phase::done);
}

}  // namespace
}  // namespace fanout
