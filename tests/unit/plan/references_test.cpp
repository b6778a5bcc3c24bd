#include "harness/plan/references.h"

#include <gtest/gtest.h>

#include "harness/analysis/reference_figures.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/selection.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

Plan plan_of(std::vector<std::string> strategies, unsigned rounds) {
  Selection selection;
  selection.strategies = std::move(strategies);
  Plan plan = make_plan(selection, {.file_descriptors = 1 << 20, .ports = 28'000}, {});
  plan.rounds = rounds;
  add_references(plan);
  return plan;
}

TEST(AddReferences, AddsATwinOfTheCellThatTakesLeastTime) {
  const Plan plan = plan_of({"sequential", "thread_per_request", "thread_pool"}, 10);
  ASSERT_EQ(plan.references.size(), 3U);  // and floor and ceiling
  EXPECT_EQ(plan.references[0].role, Role::twin);
  EXPECT_EQ(plan.references[0].cell, plan.cells[2]);  // as quick as the second, connects less
}

TEST(AddReferences, AddsNoTwinWhereNothingIsRanked) {
  EXPECT_TRUE(plan_of({"sequential", "thread_pool"}, 9).references.empty());
}

TEST(AddReferences, AsksNoServerOfOthersMoreThanNeeded) {
  Plan plan = plan_of({"thread_pool"}, 3);
  plan.scenarios.front().answered_by = RealTargets{};
  plan.rounds = 10;
  plan.references.clear();
  add_references(plan);
  EXPECT_TRUE(plan.references.empty());
}

TEST(ReferenceOf, FindsTheRowOfAScenarioInARole) {
  const Plan plan = plan_of({"sequential", "thread_pool"}, 10);
  const Report report = empty_report(plan, {}, "fanout run");
  EXPECT_EQ(reference_of(report, "api-fanout", Role::twin), &report.references[0]);
  EXPECT_EQ(reference_of(report, "zero", Role::twin), nullptr);
}

}  // namespace
}  // namespace fanout
