// Which lists are tallied, and which do not fit into memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/capacity.h"
#include "harness/plan/make_plan.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using unit_test::kAmple;

const Cell kLoop{.strategy = "event_loop", .transport = "null", .workers = 10};

TEST(LongLists, AreTalliedInModeBatchAlone) {
  Scenario scenario{.requests = kMostSampled};
  EXPECT_FALSE(is_tallied(kLoop, scenario));
  ++scenario.requests;
  EXPECT_TRUE(is_tallied(kLoop, scenario));
  Cell program = kLoop;
  program.transport = "";
  program.stack = "own";
  EXPECT_FALSE(is_tallied(program, scenario));
  for (const Mode mode : {Mode::steady, Mode::open}) {
    scenario.mode = mode;
    EXPECT_FALSE(is_tallied(kLoop, scenario));
  }
}

TEST(LongLists, AreSkippedWhereMemoryLacks) {
  MachineLimits limits = kAmple;
  limits.memory = 100 << 20;
  Scenario scenario{.requests = 10'000'000};
  EXPECT_FALSE(lacks_memory(kLoop, scenario, 0, limits)) << "a tally of them fits";
  const auto held = lacks_memory(kLoop, scenario, 300, limits);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->text,
            "memory_limited: 10,000,000 requests of event_loop / null take 2.81 GiB, 100 MiB are "
            "free; make fewer requests (-n)");
  scenario.mode = Mode::steady;
  const auto sampled = lacks_memory(kLoop, scenario, 0, limits);
  ASSERT_TRUE(sampled);
  EXPECT_THAT(sampled->text, HasSubstr("take 535 MiB, 100 MiB are free; make fewer requests (-n), "
                                       "or use mode batch, which keeps less"));
  limits.memory = 0;
  EXPECT_FALSE(lacks_memory(kLoop, scenario, 0, limits)) << "nobody knows how much there is";
}

TEST(LongLists, AreSkippedOfStrategiesThatHoldThem) {
  MachineLimits limits = kAmple;
  limits.memory = 1 << 30;
  const Plan plan = make_plan({.scenarios = {"zero"},
                               .strategies = {"event_loop", "thread_pool"},
                               .transports = {"null"},
                               .requests = 10'000'000},
                              limits, {});
  ASSERT_EQ(plan.cells.size(), 1U);
  EXPECT_EQ(plan.cells[0].strategy, "event_loop");
  ASSERT_EQ(plan.skipped.size(), 1U);
  EXPECT_EQ(plan.skipped[0].why.kind, Skip::memory_limited);
}

}  // namespace
}  // namespace fanout
