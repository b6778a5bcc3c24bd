#include "strategies/tally.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "strategies/job.h"

namespace fanout {
namespace {

constexpr std::size_t kSlots = 4;

// Memory as a run has it.
struct TallyOf {
  explicit TallyOf(std::size_t requests)
      : lines(Tally::bytes(requests, kSlots) / sizeof(Line) + 1),
        tally(lines.data(), requests, kSlots) {}

  struct alignas(64) Line {
    char bytes[64]{};
  };
  std::vector<Line> lines;
  Tally tally;
};

const Response kRight{.outcome = Outcome::ok, .status = 200, .body_bytes = 100};

TEST(Tally, TellsWhatBecameOfEachRequest) {
  TallyOf memory(5);
  Tally& tally = memory.tally;
  EXPECT_EQ(tally.first_start_ns(), Least::kNothing);
  for (std::uint32_t i = 0; i < 4; ++i) tally.start(i, 10 + i);
  tally.end(0, 10, 30, kRight);
  tally.end(1, 11, 50, {.outcome = Outcome::timeout, .attempts = 3, .words = 7, .retried = 99});
  tally.end(2, 12, 41, {.outcome = Outcome::deadline, .attempts = 0});
  Sample right{.status = 200, .outcome = Outcome::ok, .starts = 1, .finishes = 1, .attempts = 1};
  EXPECT_EQ(tally.at(0), right);
  Sample failed{.outcome = Outcome::timeout, .starts = 1, .finishes = 1, .attempts = 3};
  failed.words = 7;
  failed.retried = 99;
  EXPECT_EQ(tally.at(1), failed);
  EXPECT_EQ(tally.at(2).end_ns, 41) << "a deadline is judged by when it was met";
  EXPECT_EQ(tally.at(3), Sample{.starts = 1});
  EXPECT_EQ(tally.at(4), Sample{});
  EXPECT_EQ(tally.first_start_ns(), 10);
  EXPECT_EQ(tally.last_end_ns(), 50);
  EXPECT_EQ(tally.body_bytes(), 100U);
  EXPECT_EQ(tally.service_times().count(), 1U);
  EXPECT_EQ(tally.service_times().max(), 20);
}

TEST(Tally, CountsWhatHappensTwiceOnce) {
  TallyOf memory(3);
  Tally& tally = memory.tally;
  tally.start(0, 1);
  tally.start(0, 1);
  tally.end(0, 1, 2, kRight);
  tally.start(1, 1);
  tally.end(1, 1, 2, kRight);
  tally.end(1, 1, 2, {.outcome = Outcome::reset});
  tally.end(2, 1, 2, kRight);  // never started
  EXPECT_EQ(tally.at(0).starts, 2);
  EXPECT_EQ(tally.at(1).finishes, 2);
  EXPECT_EQ(tally.at(1).outcome, Outcome::ok) << "the first end counts";
  EXPECT_EQ(tally.at(2).starts, 0);
  EXPECT_EQ(tally.service_times().count(), 2U);
  EXPECT_EQ(tally.body_bytes(), 200U);
}

TEST(Tally, IsExactWhereThreadsEndTheSameRequests) {
  constexpr std::uint32_t kRequests = 20'000;
  TallyOf memory(kRequests);
  std::vector<std::jthread> threads;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const Response response{.outcome = Outcome::ok, .words = static_cast<std::uint8_t>(thread)};
      for (std::uint32_t i = 0; i < kRequests; ++i) {
        memory.tally.start(i, 1);
        memory.tally.end(i, 1, 2, response);
      }
    });
  }
  threads.clear();  // joins
  for (std::uint32_t i = 0; i < kRequests; ++i) {
    ASSERT_EQ(memory.tally.at(i).starts, 2) << i;
    ASSERT_EQ(memory.tally.at(i).outcome, Outcome::ok) << i;
  }
  EXPECT_EQ(memory.tally.service_times().count(), kRequests);
}

TEST(Tally, SaysHowManyRequestsEndedInOneWayTooMany) {
  constexpr std::uint32_t kRequests = Tally::kMostEnds + 5;
  TallyOf memory(kRequests);
  for (std::uint32_t i = 0; i < kRequests; ++i) {
    memory.tally.start(i, 1);
    memory.tally.end(i, 1, 2, {.outcome = Outcome::reset, .retried = i});
  }
  EXPECT_EQ(memory.tally.lost(), 5U);
  for (std::uint32_t i = 0; i < Tally::kMostEnds; ++i) {
    ASSERT_EQ(memory.tally.at(i).retried, i);
    ASSERT_EQ(memory.tally.at(i).finishes, 1);
  }
  EXPECT_EQ(memory.tally.at(kRequests - 1).finishes, 0) << "it has no outcome";
}

TEST(LongList, KeepsEachRequestInItsPlaceUntilItHasEnded) {
  TallyOf memory(100);
  LongList list(memory.tally, [](std::uint32_t index) { return Request{index, 0, index * 10ULL}; });
  Job job(list, {}, {});
  const Requests& requests = job.requests();
  ASSERT_EQ(requests.size(), 100U);
  const Request& slow = requests[0];  // while 20 times as many as there are slots go by
  job.started(slow);
  for (std::size_t i = 1; i < 20 * kSlots; ++i) {
    const Request& request = requests[i];
    ASSERT_EQ(request.index, i);
    ASSERT_EQ(request.token, i * 10);
    job.started(request);
    job.finished(request, kRight);
    ASSERT_GE(job.service_time_ns(request), 0);
  }
  EXPECT_EQ(slow.index, 0U);
  EXPECT_EQ(slow.token, 0U);
  job.finished(slow, kRight);
  EXPECT_EQ(memory.tally.service_times().count(), 20 * kSlots);
  EXPECT_EQ(memory.tally.service_times().max(), job.service_time_ns(slow));
}

TEST(LongList, HandsARequestOutAgain) {
  TallyOf memory(10);
  LongList list(memory.tally, [](std::uint32_t index) { return Request{index}; });
  list.started(list.at(3).index);
  EXPECT_EQ(list.at(3).index, 3U);
  list.finished(3, kRight);
  EXPECT_EQ(list.at(3).index, 3U);
  EXPECT_EQ(list.at(3 + kSlots).index, 3 + kSlots);
  EXPECT_EQ(memory.tally.at(3).starts, 1);
}

TEST(LongList, CountsFromWhenAScheduleLetTheRequestGo) {
  TallyOf memory(1);
  LongList list(memory.tally, [](std::uint32_t index) { return Request{index}; });
  list.started(list.at(0).index);
  Response response = kRight;
  response.began_ns = now_ns() + 1'000'000'000;
  list.finished(0, response);
  EXPECT_LT(list.service_time_ns(0), 0) << "it is said to have begun in a second";
}

}  // namespace
}  // namespace fanout
