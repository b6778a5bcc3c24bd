// The order of a round's cells, and how long a plan is predicted to take.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "harness/plan/plan.h"
#include "harness/plan/prediction.h"
#include "harness/plan/references.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Order = std::vector<std::size_t>;

Plan plan_of(std::size_t cells, std::uint64_t seed = 1) {
  Plan plan;
  plan.seed = seed;
  plan.scenarios = {{.name = "mine", .requests = 500}};
  plan.scenarios[0].server().hosts[0].delay.mean = 17ms;
  for (std::size_t i = 0; i < cells; ++i) {
    plan.cells.push_back({.strategy = "thread_pool",
                          .transport = "null",
                          .stack = "none",
                          .scenario = "mine",
                          .workers = static_cast<unsigned>(i + 1)});
  }
  return plan;
}

TEST(RoundOrder, IsAPermutationOfTheCells) {
  for (const std::size_t cells : {0UL, 1UL, 2UL, 7UL, 64UL}) {
    const Plan plan = plan_of(cells);
    Order all(cells);
    std::iota(all.begin(), all.end(), 0UL);
    for (unsigned round = 0; round < 20; ++round) {
      Order order = round_order(plan, round);
      std::ranges::sort(order);
      EXPECT_EQ(order, all) << cells << " cells, round " << round;
    }
  }
}

TEST(RoundOrder, PutsWhatAnotherBuildRunsNextToItsCell) {
  Plan plan = plan_of(7);
  plan.references.push_back({Role::twin, plan.cells[3]});
  add_opponents(plan);
  ASSERT_EQ(plan.references.size(), 9U);
  bool first = false;
  bool second = false;
  for (unsigned round = 0; round < 20; ++round) {
    const Order order = round_order(plan, round);
    ASSERT_EQ(order.size(), 16U);
    const auto place = [&](std::size_t row) {
      return std::ranges::find(order, row) - order.begin();
    };
    // The rows are 7 cells, the twin (7), then what the other build runs.
    for (std::size_t row = 0; row < 8; ++row) EXPECT_EQ(std::abs(place(row) - place(row + 8)), 1);
    (place(0) < place(8) ? first : second) = true;
  }
  EXPECT_TRUE(first && second) << "either may come first";
}

TEST(RoundOrder, DiffersBetweenRounds) {
  const Plan plan = plan_of(7);  // 5040 orders: 20 rounds alike by chance 4 % of the time
  std::set<Order> orders;
  for (unsigned round = 0; round < 20; ++round) orders.insert(round_order(plan, round));
  EXPECT_GE(orders.size(), 19U);
}

TEST(RoundOrder, IsFixedByTheSeed) {
  EXPECT_EQ(round_order(plan_of(20, 5), 3), round_order(plan_of(20, 5), 3));
  EXPECT_NE(round_order(plan_of(20, 5), 3), round_order(plan_of(20, 6), 3));
}

TEST(RoundOrder, OfNeighbouringSeedsAndRoundsShareNothing) {
  // Seed s in round r + 1 must not be seed s + 1 in round r: that would repeat experiments.
  EXPECT_NE(round_order(plan_of(20, 5), 4), round_order(plan_of(20, 6), 3));
}

TEST(RoundOrder, PutsEveryCellInEveryPlaceEquallyOften) {
  constexpr unsigned kRounds = 7000;
  const Plan plan = plan_of(7);
  std::vector<std::vector<unsigned>> seen(7, std::vector<unsigned>(7));
  for (unsigned round = 0; round < kRounds; ++round) {
    const Order order = round_order(plan, round);
    for (std::size_t place = 0; place < 7; ++place) ++seen[place][order[place]];
  }
  // Each is binomial(7000, 1/7): 1000 +- 29.3; 5 standard deviations are 147.
  for (const auto& place : seen) {
    for (const unsigned count : place) EXPECT_NEAR(count, 1000, 147);
  }
}

TEST(PredictedRun, IsNoShorterThanTheDelaysAllow) {
  const Plan plan = plan_of(10);
  // 500 requests of 17 ms: 8.5 s by one worker, 50 waves of 17 ms = 850 ms by ten.
  EXPECT_GE(predicted_run(plan.cells[0], plan.scenarios[0]), 8500ms);
  EXPECT_LE(predicted_run(plan.cells[0], plan.scenarios[0]), 10s);
  EXPECT_GE(predicted_run(plan.cells[9], plan.scenarios[0]), 850ms);
  EXPECT_LE(predicted_run(plan.cells[9], plan.scenarios[0]), 1500ms);
}

TEST(PredictedRun, GrowsWithRequestsAndDelay) {
  Plan plan = plan_of(4);
  Scenario& scenario = plan.scenarios[0];
  const auto before = predicted_run(plan.cells[3], scenario);
  scenario.requests *= 2;
  const auto more = predicted_run(plan.cells[3], scenario);
  scenario.server().hosts[0].delay = {
      .kind = Delay::Kind::uniform, .mean = {}, .min = 10ms, .max = 90ms, .sigma = 0};
  EXPECT_GT(more, before + 2s);                                   // 125 more waves of 17 ms
  EXPECT_GE(predicted_run(plan.cells[3], scenario), 250 * 50ms);  // 250 waves of 50 ms on average
}

TEST(PredictedRun, CountsTheLastWaveEvenIfItIsNotFull) {
  Plan plan = plan_of(10);
  const auto fifty_waves = predicted_run(plan.cells[9], plan.scenarios[0]);
  plan.scenarios[0].requests = 501;
  EXPECT_GE(predicted_run(plan.cells[9], plan.scenarios[0]), fifty_waves + 17ms);
}

TEST(PredictedRun, CountsTheBackoffByItsFactor) {
  Plan plan = plan_of(1);
  Scenario& scenario = plan.scenarios[0];
  scenario.server().hosts[0].faults = {{.kind = FaultKind::reset, .share = 1}};
  scenario.retry = {.retries = 2, .base = 100ms, .factor = 1};
  const auto steady = predicted_run(plan.cells[0], scenario);
  scenario.retry.factor = 4;  // the second wait of each request is 200 ms on average, not 50 ms
  EXPECT_EQ(predicted_run(plan.cells[0], scenario), steady + 500 * 150ms);
}

TEST(PredictedRun, CountsWhatAServerSlowsDownBy) {
  Plan plan = plan_of(10);
  Scenario& scenario = plan.scenarios[0];
  const auto at_five = predicted_run(plan.cells[4], scenario);
  const auto at_ten = predicted_run(plan.cells[9], scenario);
  scenario.server().hosts[0].slowdown = {.above = 4, .per_request = 2ms};
  EXPECT_EQ(predicted_run(plan.cells[4], scenario), at_five);
  // Each finds nine others, five too many.
  EXPECT_EQ(predicted_run(plan.cells[9], scenario), at_ten + 50 * 10ms);
}

TEST(PredictedTotal, IsTheSumOverCellsAndRounds) {
  Plan plan = plan_of(2);
  plan.rounds = 3;
  const auto one_round = predicted_run(plan.cells[0], plan.scenarios[0]) +
                         predicted_run(plan.cells[1], plan.scenarios[0]);
  EXPECT_EQ(predicted_total(plan), 3 * one_round);
}

TEST(PredictedTotal, IsAYearWhereItWouldBeCenturies) {
  Plan plan = plan_of(2);
  plan.rounds = 10;
  plan.scenarios[0].requests = 4'000'000'000;
  plan.scenarios[0].server().hosts[0].delay.mean = 60s;
  EXPECT_EQ(predicted_total(plan), 365 * 24h);
  EXPECT_GE(run_limit(plan, plan.cells[0]), 30 * 24h);
}

TEST(RunLimit, LeavesRoomForSlowRunsAndForARequestThatTimesOut) {
  const Plan plan = plan_of(1);
  EXPECT_GE(run_limit(plan, plan.cells[0]),
            plan.scenarios[0].timeout + 5 * predicted_run(plan.cells[0], plan.scenarios[0]));
}

TEST(RunLimit, IsTheUsersIfGiven) {
  Plan plan = plan_of(1);
  plan.run_limit = 3s;
  EXPECT_EQ(run_limit(plan, plan.cells[0]), 3s);
}

}  // namespace
}  // namespace fanout
