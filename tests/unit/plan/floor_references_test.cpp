#include "harness/plan/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/analysis.h"
#include "harness/analysis/reference_figures.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/selection.h"
#include "harness/print/render_references.h"
#include "harness/scenario/scenario_json.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using unit_test::add_cell;
using unit_test::bare_report;
using unit_test::kAmple;

Plan plan_of(const Selection& selection, unsigned rounds = 10) {
  Plan plan = make_plan(selection, kAmple, {});
  plan.rounds = rounds;
  add_references(plan);
  return plan;
}

const Cell* planned(const Plan& plan, Role role) {
  const auto found = std::ranges::find(plan.references, role, &Reference::role);
  return found == plan.references.end() ? nullptr : &found->cell;
}

TEST(References, HoldAFloorAndACeilingWithTheMostWorkers) {
  const Plan plan = plan_of({.scenarios = {"local-500"}, .strategies = {"thread_pool"}});
  const Cell* floor = planned(plan, Role::floor);
  const Cell* ceiling = planned(plan, Role::ceiling);
  ASSERT_TRUE(floor && ceiling);
  EXPECT_EQ(*floor, (Cell{"event_loop", "floor", "floor", "local-500", 20}));
  EXPECT_EQ(ceiling->workers, 20U);
  EXPECT_EQ(&scenario_of(plan, *floor), &plan.scenarios[0]);
  const Scenario& at_once = scenario_of(plan, *ceiling);
  EXPECT_EQ(at_once.name, "local-500 at once");
  EXPECT_EQ(at_once.requests, 20'000U);
  for (const HostBehaviour& host : at_once.server().hosts) {
    EXPECT_EQ(mean_of(host.delay).count(), 0);
    EXPECT_EQ(host.body_bytes, plan.scenarios[0].server().hosts[0].body_bytes);
  }
}

TEST(References, HoldNeitherWhereTheyCouldNotBe) {
  for (const Plan& plan :
       {plan_of({}, 9), plan_of({.scenarios = {"two-sites"}}), plan_of({.transports = {"null"}}),
        plan_of({.targets = RealTargets{.urls = 2, .origins = 1}})}) {
    EXPECT_EQ(planned(plan, Role::floor), nullptr);
    EXPECT_EQ(planned(plan, Role::ceiling), nullptr);
  }
}

TEST(CeilingScenario, AnswersAtOnceAndRightly) {
  const Scenario flaky = load_scenario("url-check");
  const Scenario at_once = ceiling_scenario(flaky);
  ASSERT_EQ(at_once.server().hosts.size(), flaky.server().hosts.size());
  for (const HostBehaviour& host : at_once.server().hosts) EXPECT_TRUE(host.faults.empty());
  EXPECT_EQ(at_once.method, flaky.method);
  EXPECT_EQ(at_once.retry.retries, 0U);
  EXPECT_EQ(at_once.deadline.count(), 0);
}

TEST(CeilingScenario, AsksForNoMoreThanIsNeeded) {
  Scenario scenario;
  scenario.requests = 50'000;
  EXPECT_EQ(ceiling_scenario(scenario).requests, 50'000U);
  scenario.requests = 10;
  EXPECT_EQ(ceiling_scenario(scenario).requests, 20'000U);
  scenario.server().hosts[0].body_bytes = 1 << 20;
  EXPECT_EQ(ceiling_scenario(scenario).requests, 256U);
  scenario.reuse = false;  // each would need a connection
  EXPECT_EQ(ceiling_scenario(scenario).requests, 10U);
}

// CPU of each round's run, in milliseconds.
void set_cpu(CellReport& cell, const std::vector<std::int64_t>& ms) {
  for (std::size_t i = 0; i < ms.size(); ++i) cell.runs[i].cpu_ns = ms[i] * 1'000'000;
  cell.summary = summarize(cell.runs);
}

// The last cell becomes a reference.
void make_reference(Report& report, Role role) {
  CellReport row = std::move(report.cells.back());
  report.cells.pop_back();
  report.plan.references.push_back({role, row.cell});
  report.references.push_back(std::move(row));
}

TEST(CpuXFloor, IsTheMedianOfTheRatiosWithinRounds) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 10, {100, 100, 100});
  EXPECT_EQ(cpu_x_floor(report, report.cells[0]), std::nullopt);
  add_cell(report, "event_loop", 10, {100, 100, 100});
  set_cpu(report.cells[0], {20, 60, 90});
  set_cpu(report.cells[1], {10, 20, 60});
  make_reference(report, Role::floor);
  // 2, 3 and 1.5: the ratio of the medians would be 3.
  EXPECT_DOUBLE_EQ(cpu_x_floor(report, report.cells[0]).value().median, 2);
  EXPECT_THAT(
      render_references(analyse(report).scenarios[0]),
      StartsWith("\nx floor: CPU per request relative to that of a bare epoll loop in the same "
                 "rounds, 100 us (event_loop / curl / 10 workers)\n"));
  // A round whose floor is not valid has no ratio.
  report.references[0].runs[0].valid = report.references[0].runs[1].valid = false;
  EXPECT_DOUBLE_EQ(cpu_x_floor(report, report.cells[0]).value().median, 1.5);
  report.references[0].runs[2].valid = false;
  EXPECT_EQ(cpu_x_floor(report, report.cells[0]), std::nullopt);
}

TEST(Ceiling, IsShownAsALeastValueWhereTheServerWasNotTheLimit) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 10, {100});
  const Scenario& scenario = report.plan.scenarios[0];
  EXPECT_EQ(render_references(analyse(report).scenarios[0]), "");
  add_cell(report, "event_loop", 10, {100});
  report.cells.back().cell.scenario = ceiling_scenario(scenario).name;
  make_reference(report, Role::ceiling);
  EXPECT_THAT(render_references(analyse(report).scenarios[0]),
              HasSubstr("server ceiling here: at least 2,000 req/s, "));
  report.references[0].summary.limited_by = Limit::server;
  EXPECT_THAT(render_references(analyse(report).scenarios[0]),
              HasSubstr("server ceiling here: 2,000 req/s, "));
}

}  // namespace
}  // namespace fanout
