#include "harness/statistics/scalability.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace fanout {
namespace {

using testing::HasSubstr;
using Points = std::vector<std::pair<double, double>>;

constexpr std::array<unsigned, 7> kWorkers{1, 2, 4, 8, 16, 32, 64};
constexpr std::size_t kRounds = 10;

// Deviations with the standard deviation 1 that repeat after 10: the expected order statistics of
// 10 normal values, scaled (their plain standard deviation is 0.89). Each point takes them in
// another order, so that rounds differ as by chance, without random numbers.
double deviation(std::size_t point, std::size_t round) {
  constexpr double kScores[] = {-1.73, -1.12, -0.74, -0.42, -0.14, 0.14, 0.42, 0.74, 1.12, 1.73};
  constexpr std::size_t kStrides[] = {1, 3, 7, 9};  // without a common divisor with 10
  return kScores[(round * kStrides[point % 4] + 3 * point + point / 4) % kRounds];
}

// A sweep over 1 to 64 workers in 10 rounds that follows a law but for relative noise.
template <class Law>
std::vector<SweepPoint> sweep(Law law, double noise) {
  std::vector<SweepPoint> points;
  for (std::size_t i = 0; i < kWorkers.size(); ++i) {
    SweepPoint point{.workers = kWorkers[i], .throughput = {}, .by_round = {}, .not_by_client = ""};
    for (std::size_t round = 0; round < kRounds; ++round) {
      point.by_round.push_back(law(kWorkers[i]) * (1 + noise * deviation(i, round)));
    }
    point.throughput = median_interval(point.by_round);
    points.push_back(std::move(point));
  }
  return points;
}

constexpr Usl kPeaked{.lambda = 1000, .sigma = 0.05, .kappa = 0.001};  // N* = sqrt(950) = 30.8

double peaked(double n) { return kPeaked.throughput(n); }

TEST(Usl, IsTheLaw) {
  // lambda 100, sigma 0.1, kappa 0.01: X(2) = 200 / (1 + 0.1 + 0.02), X(10) = 1000 / (1 + 0.9 +
  // 0.9)
  const Usl law{.lambda = 100, .sigma = 0.1, .kappa = 0.01};
  EXPECT_DOUBLE_EQ(law.throughput(1), 100);
  EXPECT_NEAR(law.throughput(2), 178.5714, 1e-4);
  EXPECT_NEAR(law.throughput(10), 357.1429, 1e-4);
  EXPECT_NEAR(*law.peak(), 9.4868, 1e-4);  // sqrt(0.9 / 0.01)
}

TEST(Usl, HasNoPeakWithoutCoherencyCostAndItsPeakIsAtOneOrMore) {
  EXPECT_FALSE((Usl{.lambda = 1, .sigma = 0.5}).peak());
  EXPECT_EQ(*(Usl{.lambda = 1, .sigma = 2, .kappa = 0.1}).peak(), 1);
}

TEST(FitUsl, FindsTheCoefficientsOfExactPoints) {
  // N / X = 0.01 (1 + 0.1 (N - 1) + 0.01 N (N - 1)) = 0.01, 0.0112, 0.0142, 0.0226 by hand.
  const auto fit =
      fit_usl(Points{{1, 1 / 0.01}, {2, 2 / 0.0112}, {4, 4 / 0.0142}, {8, 8 / 0.0226}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->lambda, 100, 1e-6);
  EXPECT_NEAR(fit->sigma, 0.1, 1e-8);
  EXPECT_NEAR(fit->kappa, 0.01, 1e-9);
  EXPECT_NEAR(fit->residual, 0, 1e-8);
}

TEST(FitUsl, GivesNoCoefficientBelowZero) {
  // Better than linear: unbounded least squares would want a negative contention. The best allowed
  // is N / X = a: relative errors a x X / N - 1 with X / N = 100, 110, 120, 130 have their least
  // squares at a = (100 + 110 + 120 + 130) / (100^2 + 110^2 + 120^2 + 130^2) = 460 / 53400.
  const auto fit = fit_usl(Points{{1, 100}, {2, 220}, {4, 480}, {8, 1040}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->lambda, 53'400.0 / 460, 1e-6);
  EXPECT_EQ(fit->sigma, 0);
  EXPECT_EQ(fit->kappa, 0);
}

TEST(FitUsl, NeedsMorePointsThanCoefficients) {
  EXPECT_FALSE(fit_usl(Points{{1, 100}, {2, 180}, {4, 280}}));
}

TEST(Scalability, RecoversThePeakWithinTenPercentAtOnePercentNoise) {
  const Scalability found = scalability(sweep(peaked, 0.01));
  ASSERT_TRUE(found.peak) << found.why_no_peak;
  EXPECT_NEAR(*found.peak, *kPeaked.peak(), 0.1 * *kPeaked.peak());
  EXPECT_GT(*found.kappa.low, 0);
  EXPECT_LT(found.kappa.low, kPeaked.kappa);
  EXPECT_GT(found.kappa.high, kPeaked.kappa);
  EXPECT_EQ(found.why_no_peak, "");
}

TEST(Scalability, NamesNoPeakOnAStraightLine) {
  const Scalability found = scalability(sweep([](double n) { return 100 * n; }, 0.01));
  EXPECT_FALSE(found.peak);
  EXPECT_THAT(found.why_no_peak, HasSubstr("no coherency cost"));
}

TEST(Scalability, NamesNoPeakWhereContentionAloneSlowsGrowth) {
  const Usl amdahl{.lambda = 1000, .sigma = 0.1};
  const Scalability found =
      scalability(sweep([&](double n) { return amdahl.throughput(n); }, 0.01));
  EXPECT_FALSE(found.peak) << *found.peak;
}

TEST(Scalability, NamesNoPeakOfWhatTheServerOrTheDelayLimits) {
  for (const char* limit : {"server", "latency"}) {
    auto points = sweep(peaked, 0.01);
    points[3].not_by_client = limit;
    const Scalability found = scalability(points);
    EXPECT_FALSE(found.peak);
    EXPECT_EQ(found.why_no_peak,
              std::string("at 8 workers the limit is ") + limit + ", not the client");
    EXPECT_TRUE(found.usl) << "the coefficients are still worth a look";
  }
}

TEST(Scalability, NamesNoPeakFromFewPointsOrRounds) {
  auto points = sweep(peaked, 0.01);
  points.resize(4);
  EXPECT_EQ(scalability(points).why_no_peak, "4 numbers of workers, a peak needs 6");
  points = sweep(peaked, 0.01);
  for (SweepPoint& point : points) {
    point.by_round.resize(5);
    point.throughput = median_interval(point.by_round);
  }
  EXPECT_EQ(scalability(points).why_no_peak, "too few rounds for an interval");
}

TEST(Scalability, NamesNoPeakFarBeyondWhatWasTested) {
  const Usl late{.lambda = 1000, .sigma = 0.01, .kappa = 4e-5};  // N* = 157 > 1.5 x 64
  const Scalability found = scalability(sweep([&](double n) { return late.throughput(n); }, 0.002));
  EXPECT_FALSE(found.peak);
  EXPECT_EQ(found.why_no_peak, "beyond what was tested");
}

TEST(Scalability, NamesNoPeakOnAPlateauHoweverNoisy) {
  for (const double noise : {0.01, 0.05, 0.1}) {
    const Scalability found =
        scalability(sweep([](double n) { return std::min(100 * n, 1600.0); }, noise));
    EXPECT_FALSE(found.peak) << noise;
    EXPECT_FALSE(found.falls) << noise;
  }
}

TEST(Scalability, SeesThroughputFallOnlyWhereIntervalsAreApart) {
  EXPECT_TRUE(scalability(sweep(peaked, 0.01)).falls);
  EXPECT_FALSE(scalability(sweep([](double n) { return 100 * n; }, 0.01)).falls);
}

TEST(Scalability, NamesNoPeakOfPointsThatFollowAnotherLaw) {
  const auto cliff = [](double n) { return n <= 16 ? 100 * n : 200; };
  const Scalability found = scalability(sweep(cliff, 0.01));
  EXPECT_FALSE(found.peak);
  EXPECT_EQ(found.why_no_peak, "the law does not fit the points");
}

}  // namespace
}  // namespace fanout
