#include "strategies/bounded_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Queue = BoundedQueue<int>;

// Long enough for a thread that is not blocked to go on; a test never waits for less.
constexpr auto kSettle = 30ms;

void wait_until(const auto& condition) {
  while (!condition()) std::this_thread::sleep_for(100us);  // ctest's time limit ends a hang
}

TEST(BoundedQueue, KeepsTheOrderAcrossTheEndOfItsRing) {
  Queue queue(3);
  int next = 0;
  for (int item = 0; item < 20; ++item) {
    queue.push(item);
    while (next <= item - item % 3) {  // drifts around the ring, one to three inside
      ASSERT_EQ(queue.pop(), next++);
    }
  }
}

TEST(BoundedQueue, TakesItemsThatCanOnlyBeMoved) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  queue.push(std::make_unique<int>(5));
  EXPECT_EQ(*queue.pop().value(), 5);
}

TEST(BoundedQueue, BlocksTheProducerAtItsCapacity) {
  for (const std::size_t capacity : {1UL, 2UL, 5UL}) {
    Queue queue(capacity);
    std::atomic<std::size_t> pushed = 0;
    const std::jthread producer([&] {
      for (int i = 0; i < 20; ++i) {
        queue.push(i);
        ++pushed;
      }
    });
    wait_until([&] { return pushed >= capacity; });
    std::this_thread::sleep_for(kSettle);
    EXPECT_EQ(pushed, capacity);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(queue.pop(), i);
  }
}

TEST(BoundedQueue, WakesABlockedProducerWhenHalfEmpty) {
  Queue queue(4);
  std::atomic<int> pushed = 0;
  const std::jthread producer([&] {
    for (int i = 0; i < 5; ++i) {
      queue.push(i);
      ++pushed;
    }
  });
  wait_until([&] { return pushed == 4; });
  std::this_thread::sleep_for(kSettle);
  EXPECT_EQ(queue.pop(), 0);
  EXPECT_EQ(queue.pop(), 1);
  wait_until([&] { return pushed == 5; });
  for (int i = 2; i < 5; ++i) EXPECT_EQ(queue.pop(), i);
}

TEST(BoundedQueue, BlocksAConsumerUntilThereIsAnItem) {
  Queue queue(2);
  std::atomic<int> got = 0;
  const std::jthread consumer([&] { got = queue.pop().value(); });
  std::this_thread::sleep_for(kSettle);
  EXPECT_EQ(got, 0);
  queue.push(7);
  wait_until([&] { return got != 0; });
  EXPECT_EQ(got, 7);
}

TEST(BoundedQueue, CloseWakesEveryWaitingConsumer) {
  Queue queue(2);
  std::latch ended(3);
  std::vector<std::jthread> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] {
      EXPECT_EQ(queue.pop(), std::nullopt);
      ended.count_down();
    });
  }
  std::this_thread::sleep_for(kSettle);
  EXPECT_FALSE(ended.try_wait());
  queue.close();
  ended.wait();
}

TEST(BoundedQueue, DeliversWhatItHoldsAfterClose) {
  Queue queue(3);
  queue.push(1);
  queue.push(2);
  queue.close();
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

struct Load {
  std::size_t capacity;
  int producers;
  int consumers;
};

class BoundedQueueUnderLoad : public testing::TestWithParam<Load> {};

TEST_P(BoundedQueueUnderLoad, DeliversEveryItemExactlyOnceAndNeverHoldsMoreThanItsCapacity) {
  constexpr int kEach = 1000;
  const auto [capacity, producers, consumers] = GetParam();
  Queue queue(capacity);
  std::vector<std::atomic<int>> taken(static_cast<std::size_t>(producers * kEach));
  std::atomic<std::int64_t> pushed = 0;     // after push() has returned ...
  std::atomic<std::int64_t> pop_begun = 0;  // ... and before pop(): never more than is inside
  std::atomic<std::int64_t> most = 0;
  std::vector<std::jthread> consuming;
  for (int c = 0; c < consumers; ++c) {
    consuming.emplace_back([&] {
      for (;;) {
        const std::int64_t inside = pushed - pop_begun;
        if (inside > most) most = inside;
        ++pop_begun;
        const auto item = queue.pop();
        if (!item) return;
        ++taken[static_cast<std::size_t>(*item)];
      }
    });
  }
  {
    std::vector<std::jthread> producing;
    for (int p = 0; p < producers; ++p) {
      producing.emplace_back([&, p] {
        for (int i = 0; i < kEach; ++i) {
          queue.push(p * kEach + i);
          ++pushed;
        }
      });
    }
  }
  queue.close();
  consuming.clear();
  EXPECT_LE(most, static_cast<std::int64_t>(capacity));
  EXPECT_TRUE(std::ranges::all_of(taken, [](const auto& times) { return times == 1; }));
}

INSTANTIATE_TEST_SUITE_P(Loads, BoundedQueueUnderLoad,
                         testing::Values(Load{1, 1, 1}, Load{1, 4, 4}, Load{2, 1, 8}, Load{3, 8, 1},
                                         Load{64, 4, 4}, Load{20, 1, 50}),
                         [](const auto& tested) {
                           return std::to_string(tested.param.producers) + "To" +
                                  std::to_string(tested.param.consumers) + "Through" +
                                  std::to_string(tested.param.capacity);
                         });

}  // namespace
}  // namespace fanout
