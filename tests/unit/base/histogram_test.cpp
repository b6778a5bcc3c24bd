#include "base/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "wire/token.h"

namespace fanout {
namespace {

// Numbers in (0, 1) that are the same on every machine.
class Uniform {
 public:
  explicit Uniform(std::uint64_t seed) : seed_(seed) {}
  double operator()() {
    return (static_cast<double>(make_token(seed_, next_++) >> 11) + 0.5) * 0x1p-53;
  }

 private:
  std::uint64_t seed_;
  std::uint64_t next_ = 0;
};

struct Distribution {
  std::string name;
  std::function<double(Uniform&)> draw;
};

double normal(Uniform& u) {  // Box and Muller 1958
  const double radius = std::sqrt(-2 * std::log(u()));
  return radius * std::cos(2 * std::numbers::pi * u());
}

std::vector<Distribution> distributions() {
  return {
      {"Uniform", [](Uniform& u) { return 1e3 + 1e8 * u(); }},
      {"Exponential", [](Uniform& u) { return -1e7 * std::log(u()); }},
      {"Lognormal", [](Uniform& u) { return 1e7 * std::exp(normal(u)); }},
      {"Bimodal", [](Uniform& u) { return u() < 0.9 ? 1e5 * (1 + u()) : 4e7 * (1 + u()); }},
      {"HeavyTail", [](Uniform& u) { return 50 * std::pow(u(), -1.5); }},
  };
}

std::vector<std::int64_t> sample(const Distribution& distribution, std::size_t size) {
  Uniform uniform(7);
  std::vector<std::int64_t> values(size);
  for (auto& value : values) value = std::llround(distribution.draw(uniform));
  return values;
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.add(value);
  return histogram;
}

// The ceil(permille * n / 1000)-th smallest, in whole numbers.
std::int64_t exact_quantile(const std::vector<std::int64_t>& sorted, std::size_t permille) {
  return sorted[(permille * sorted.size() + 999) / 1000 - 1];
}

class HistogramOf : public testing::TestWithParam<Distribution> {};

TEST_P(HistogramOf, QuantilesAreWithinEightPermilleOfTheSortedSamples) {
  std::vector<std::int64_t> values = sample(GetParam(), 20'000);
  const Histogram histogram = histogram_of(values);
  std::ranges::sort(values);
  for (const std::size_t permille : {1UL, 10UL, 250UL, 500UL, 900UL, 990UL, 999UL, 1000UL}) {
    const auto exact = static_cast<double>(exact_quantile(values, permille));
    const auto found =
        static_cast<double>(histogram.quantile(static_cast<double>(permille) / 1000));
    EXPECT_NEAR(found, exact, 0.008 * exact) << permille << " permille";
  }
}

TEST_P(HistogramOf, MinMaxAndMeanAreExact) {
  const std::vector<std::int64_t> values = sample(GetParam(), 1000);
  const Histogram histogram = histogram_of(values);
  double sum = 0;
  for (const std::int64_t value : values) sum += static_cast<double>(value);
  EXPECT_EQ(histogram.min(), *std::ranges::min_element(values));
  EXPECT_EQ(histogram.max(), *std::ranges::max_element(values));
  EXPECT_DOUBLE_EQ(histogram.mean(), sum / 1000);
}

INSTANTIATE_TEST_SUITE_P(Distributions, HistogramOf, testing::ValuesIn(distributions()),
                         [](const auto& tested) { return tested.param.name; });

void expect_same(const Histogram& a, const Histogram& b) {
  EXPECT_EQ(a.buckets(), b.buckets());
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_EQ(a.max(), b.max());
  EXPECT_DOUBLE_EQ(a.mean(), b.mean());
}

TEST(Histogram, MergingIsAssociativeAndEqualsAddingAll) {
  const auto all = distributions();
  const auto x = sample(all[0], 500);
  const auto y = sample(all[4], 300);
  const auto z = sample(all[3], 700);
  Histogram left = histogram_of(x);  // (x + y) + z
  left.merge(histogram_of(y));
  left.merge(histogram_of(z));
  Histogram tail = histogram_of(y);  // x + (y + z)
  tail.merge(histogram_of(z));
  Histogram right = histogram_of(x);
  right.merge(tail);
  expect_same(left, right);
  std::vector<std::int64_t> together = x;
  together.insert(together.end(), y.begin(), y.end());
  together.insert(together.end(), z.begin(), z.end());
  expect_same(left, histogram_of(together));
}

TEST(Histogram, MergingAnEmptyOneChangesNothing) {
  const Histogram full = histogram_of({5, 1000});
  Histogram merged = full;
  merged.merge({});
  expect_same(merged, full);
  Histogram empty;
  empty.merge(full);
  expect_same(empty, full);
}

TEST(Histogram, EmptyIsAllZero) {
  const Histogram empty;
  EXPECT_EQ(empty.count(), 0U);
  EXPECT_EQ(empty.min(), 0);
  EXPECT_EQ(empty.max(), 0);
  EXPECT_EQ(empty.mean(), 0);
  EXPECT_EQ(empty.quantile(0.5), 0);
  EXPECT_TRUE(empty.buckets().empty());
}

TEST(Histogram, QuantileIsTheNearestRank) {
  // Below 256 every value has a bucket of its own. Of 10, 20, 30, 40: ranks ceil(4 p) are
  // 1 for p <= 0.25, 2 up to 0.5, 3 up to 0.75, 4 above.
  const Histogram histogram = histogram_of({40, 10, 30, 20});
  EXPECT_EQ(histogram.quantile(0), 10);
  EXPECT_EQ(histogram.quantile(0.25), 10);
  EXPECT_EQ(histogram.quantile(0.26), 20);
  EXPECT_EQ(histogram.quantile(0.5), 20);
  EXPECT_EQ(histogram.quantile(0.75), 30);
  EXPECT_EQ(histogram.quantile(0.99), 40);
  EXPECT_EQ(histogram.quantile(1), 40);
}

TEST(Histogram, ReportedPercentilesHaveTheExactRankForEveryCount) {
  // k zeros, the rest ones: the quantile is 0 exactly when its rank is within the zeros.
  for (std::size_t n = 1; n <= 2000; ++n) {
    for (const std::size_t permille : {500UL, 900UL, 990UL, 999UL}) {
      const std::size_t rank = (permille * n + 999) / 1000;
      Histogram histogram;
      for (std::size_t i = 1; i <= n; ++i) histogram.add(i <= rank ? 0 : 1);
      const double fraction = static_cast<double>(permille) / 1000;
      ASSERT_EQ(histogram.quantile(fraction), 0) << permille << " permille of " << n;
    }
  }
}

TEST(Histogram, QuantileIsTheMiddleOfItsBucket) {
  // 2^9 <= 1000 < 2^10, so buckets are 2^9 / 128 = 4 wide: 1000..1003, middle 1001.
  const Histogram histogram = histogram_of({1000, 1000, 2000});
  EXPECT_EQ(histogram.quantile(0.5), 1001);
  using Buckets = std::vector<std::pair<std::int64_t, std::uint64_t>>;
  EXPECT_EQ(histogram.buckets(), (Buckets{{1000, 2}, {2000, 1}}));
}

TEST(Histogram, QuantileNeverLeavesMinAndMax) {
  const Histogram histogram = histogram_of({1003, 1003});  // its bucket begins at 1000
  EXPECT_EQ(histogram.quantile(0.5), 1003);
  EXPECT_EQ(histogram.quantile(1), 1003);
}

TEST(Histogram, TakesNegativeValuesForZeroAndHoldsTheLargest) {
  constexpr std::int64_t kLargest = INT64_MAX;
  const Histogram histogram = histogram_of({-5, kLargest});
  EXPECT_EQ(histogram.min(), 0);
  EXPECT_EQ(histogram.quantile(0.5), 0);
  EXPECT_EQ(histogram.max(), kLargest);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(1)), 0x1p63, 0.008 * 0x1p63);
}

TEST(Histogram, IsRebuiltFromItsBuckets) {
  const Histogram before = histogram_of({3, 3, 250, 1000, 1'000'000, 17'123'456});
  const Histogram after = Histogram::of_buckets(before.buckets(), before.min(), before.max());
  EXPECT_EQ(after.count(), before.count());
  for (const double fraction : {0.0, 0.3, 0.5, 0.7, 0.9, 1.0}) {
    EXPECT_EQ(after.quantile(fraction), before.quantile(fraction)) << fraction;
  }
}

TEST(Histogram, OfImpossibleBucketsIsNoFault) {
  EXPECT_EQ(Histogram::of_buckets({}, 5, 7).quantile(0.5), 0);
  EXPECT_LE(Histogram::of_buckets({{-1, 1}, {10, ~0ULL}}, 9, 1).quantile(0.99), 9);
}

}  // namespace
}  // namespace fanout
