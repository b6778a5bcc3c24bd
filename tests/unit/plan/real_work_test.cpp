// How much real targets are asked, and how long that may take.
#include <gtest/gtest.h>

#include "harness/plan/make_plan.h"
#include "harness/plan/prediction.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

Selection real(std::uint64_t urls) {
  Selection selection;
  selection.targets = RealTargets{.urls = urls, .origins = 1, .source = "list.txt"};
  return selection;
}

// Enough requests on this machine to show what workers are worth; strangers get each URL once.
TEST(RealWork, IsEnoughOnThisMachine) {
  const auto requests = [](std::uint64_t urls, std::vector<unsigned> workers, bool loopback,
                           bool sweep = false) {
    Selection selection = real(urls);
    selection.targets->loopback = loopback;
    selection.workers = std::move(workers);
    selection.sweep = sweep;
    return select_scenarios(selection).front().requests;
  };
  EXPECT_EQ(requests(1, {}, true), 200U);
  EXPECT_EQ(requests(1, {1, 32}, true), 640U);
  EXPECT_EQ(requests(1, {}, true, true), 1280U);  // sweeps to 64 workers
  EXPECT_EQ(requests(3, {10}, true), 201U);       // each as often as the others
  EXPECT_EQ(requests(1000, {10}, true), 1000U);
  EXPECT_EQ(requests(1, {10}, false), 1U);
}

TEST(RealWork, MayTakeAllTheirTimeOuts) {
  Selection selection = real(100);
  selection.strategies = {"event_loop"};
  selection.transports = {"curl_asio"};
  selection.timeout = std::chrono::seconds(30);
  Plan plan = make_plan(selection, unit_test::kAmple, {});
  plan.rounds = 2;
  const auto longest = longest_total(plan);
  EXPECT_EQ(longest - predicted_total(plan), 2 * 10 * std::chrono::seconds(30));  // 10 workers
  plan.rounds = 1000;
  plan.scenarios[0].timeout = std::chrono::hours(24 * 365);
  EXPECT_EQ(longest_total(plan), std::chrono::hours(24 * 365));
}

}  // namespace
}  // namespace fanout
