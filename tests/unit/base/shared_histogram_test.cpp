#include "base/shared_histogram.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace fanout {
namespace {

TEST(SharedHistogram, ReadsAsTheHistogramOfTheSameValues) {
  const auto shared = std::make_unique<SharedHistogram>();
  EXPECT_EQ(shared->read().count(), 0U);
  EXPECT_EQ(shared->read().min(), 0);
  Histogram plain;
  for (const std::int64_t value : {17L, 5L, 1'000'003L, -4L, std::numeric_limits<long>::max()}) {
    shared->add(value);
    plain.add(value);
    const Histogram read = shared->read();
    EXPECT_EQ(read.buckets(), plain.buckets());
    EXPECT_EQ(read.min(), plain.min());
    EXPECT_EQ(read.max(), plain.max());
    EXPECT_DOUBLE_EQ(read.mean(), plain.mean());
    EXPECT_EQ(read.quantile(0.5), plain.quantile(0.5));
  }
}

TEST(SharedHistogram, LosesNothingThatThreadsAddAtOnce) {
  constexpr int kEach = 20'000;
  const auto shared = std::make_unique<SharedHistogram>();
  std::vector<std::jthread> threads;
  for (int thread = 1; thread <= 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) shared->add(thread);
    });
  }
  threads.clear();  // joins
  const Histogram read = shared->read();
  EXPECT_EQ(read.buckets(), (Histogram::Buckets{{1, kEach}, {2, kEach}, {3, kEach}, {4, kEach}}));
  EXPECT_DOUBLE_EQ(read.mean(), 2.5);
}

}  // namespace
}  // namespace fanout
