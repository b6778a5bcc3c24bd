#include "harness/catalogue/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;
using unit_test::usage_error;

struct Row {
  std::string_view name;
};
constexpr Row kPool{"thread_pool"};
constexpr Row kQueue{"thread_queue"};
constexpr Row kLoop{"event_loop"};
constexpr std::array<const Row*, 3> kRows{&kPool, &kQueue, &kLoop};
const std::span<const Row* const> kAll(kRows);

std::string error_for(const std::vector<std::string>& names) {
  return usage_error([&] { find_rows("strategy", std::span<const std::string>(names), kAll); });
}

TEST(NearestName, FindsTheOneWithTheFewestChanges) {
  constexpr std::array<std::string_view, 3> kKnown{"thread_pool", "thread_queue", "event_loop"};
  EXPECT_EQ(nearest_name("thread_pol", kKnown), "thread_pool");
  EXPECT_EQ(nearest_name("thread-queue", kKnown), "thread_queue");
  EXPECT_EQ(nearest_name("eventloop", kKnown), "event_loop");
}

TEST(NearestName, TakesTwoSwappedLettersForOneChange) {
  constexpr std::array<std::string_view, 2> kKnown{"tact", "post"};
  EXPECT_EQ(nearest_name("psot", kKnown), "post");
  EXPECT_EQ(nearest_name("atct", kKnown), "tact");
}

TEST(NearestName, TakesTheBeginningOfANameForIt) {
  constexpr std::array<std::string_view, 3> kKnown{"null", "curl_easy", "curl_asio"};
  EXPECT_EQ(nearest_name("curl", kKnown), "curl_easy");
  EXPECT_EQ(nearest_name("nul", kKnown), "null");
}

TEST(NearestName, SuggestsNothingFarAway) {
  constexpr std::array<std::string_view, 2> kKnown{"thread_pool", "event_loop"};
  EXPECT_EQ(nearest_name("coroutines", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name("anything", {}), "");
  constexpr std::array<std::string_view, 2> kFlags{"--full", "--seed"};
  EXPECT_EQ(nearest_name("--url", kFlags), "");
  EXPECT_EQ(nearest_name("--sed", kFlags), "--seed");
}

TEST(FindRow, ReturnsTheRowWithThatName) {
  EXPECT_EQ(&find_row("strategy", "event_loop", kAll), &kLoop);
}

TEST(FindRow, NamesKindNearestAndKnownWhenThereIsNone) {
  EXPECT_EQ(usage_error([] { find_row("strategy", "thread_pol", kAll); }),
            "unknown strategy \"thread_pol\"; did you mean thread_pool? known: thread_pool, "
            "thread_queue, event_loop");
  EXPECT_THAT(usage_error([] { find_row("strategy", "coroutines", kAll); }),
              Not(HasSubstr("did you mean")));
}

TEST(FindRows, KeepsTheOrderNamed) {
  const std::vector<std::string> names{"event_loop", "thread_pool"};
  EXPECT_EQ(find_rows("strategy", std::span<const std::string>(names), kAll),
            (std::vector<const Row*>{&kLoop, &kPool}));
}

TEST(FindRows, TakesAllForEveryRow) {
  const std::vector<std::string> names{"all"};
  EXPECT_EQ(find_rows("strategy", std::span<const std::string>(names), kAll),
            (std::vector<const Row*>{&kPool, &kQueue, &kLoop}));
}

TEST(FindRows, RefusesUnknownEmptyAndRepeatedNames) {
  EXPECT_THAT(error_for({"thread_pool", "eventloop"}), HasSubstr("did you mean event_loop?"));
  EXPECT_THAT(error_for({""}), HasSubstr("unknown strategy \"\""));
  EXPECT_EQ(error_for({"event_loop", "event_loop"}),
            "strategy \"event_loop\" is named twice; name it once");
}

}  // namespace
}  // namespace fanout
