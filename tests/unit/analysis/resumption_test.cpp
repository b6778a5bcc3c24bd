#include "harness/analysis/resumption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/references.h"
#include "harness/print/render_plan.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;

// A report whose only reference is a floor that takes so many us of CPU a request in its rounds.
Report with_floor(const std::vector<double>& cpu_us) {
  Report report = unit_test::bare_report();
  unit_test::add_cell(report, "event_loop", 10, std::vector<double>(cpu_us.size(), 100));
  report.plan.rounds = static_cast<unsigned>(cpu_us.size());
  const Cell cell = report.cells[0].cell;
  report.plan.references = {{Role::floor, cell}};
  report.references = {{cell, {}, {}}};
  for (unsigned round = 0; round < cpu_us.size(); ++round) {
    Run run = unit_test::sample_run(round, 100);
    run.cpu_ns =
        static_cast<std::int64_t>(cpu_us[round] * 1000 * static_cast<double>(run.requests.total));
    report.references[0].runs.push_back(run);
  }
  return report;
}

TEST(FloorChange, IsTheRatioOfTheRoundsAfterToThoseBefore) {
  const Report report = with_floor({10, 10, 11, 99, 12, 12, 12});
  EXPECT_DOUBLE_EQ(*floor_change(report, {"", 3, 7}), 1.2) << "round 3 was stopped amid";
  EXPECT_EQ(floor_change(report, {"", 2, 4}), std::nullopt) << "two rounds say nothing";
  EXPECT_EQ(floor_change(unit_test::sample_report(), {"", 1, 4}), std::nullopt);
}

TEST(FloorChange, TakesAllRoundsWhereNoneWasStoppedAmid) {
  const Report report = with_floor({10, 10, 10, 20, 20, 20});
  EXPECT_DOUBLE_EQ(*floor_change(report, {"", 3, 6}), 2);
}

TEST(Notes, SayWhenItWasResumedAndHowTheMachineWas) {
  Report report = with_floor({10, 10, 10, 20, 20, 20});
  report.resumed = {{"2026-11-28T09:00:00Z", 3, 6}};
  EXPECT_THAT(unit_test::rendered(report, Format::table),
              HasSubstr("note: resumed 2026-11-28T09:00:00Z after 3 of 6 rounds (6 runs); since "
                        "then the client floor takes 2.00 times its CPU\n"));
  report.resumed[0].rounds = 1;
  EXPECT_THAT(unit_test::rendered(report, Format::table),
              HasSubstr("after 1 of 6 rounds (6 runs)\n"));
}

TEST(Notes, SayHowToGoOnWithWhatWasStopped) {
  Report report = unit_test::sample_report();
  EXPECT_THAT(unit_test::rendered(report, Format::table), Not(HasSubstr("--resume")));
  for (const auto& [status, by] :
       {std::pair{Status::interrupted, StoppedBy::interrupt},
        std::pair{Status::running, StoppedBy::nothing}, std::pair{Status::failed, StoppedBy::error},
        std::pair{Status::complete, StoppedBy::time_budget}}) {
    report.status = status;
    report.stopped_by = by;
    EXPECT_THAT(unit_test::rendered(report, Format::table),
                HasSubstr("'fanout run --resume FILE' goes on\n"));
  }
}

TEST(LongPlanNote, IsForHalfAnHourAndMore) {
  using namespace std::chrono_literals;
  EXPECT_EQ(long_plan_note(29min, "r.json"), "");
  EXPECT_EQ(long_plan_note(138min, "my r.json"),
            "this takes about 2.30 h; if it is stopped, go on by: fanout run --resume 'my r.json'");
  EXPECT_THAT(long_plan_note(30min, "-"),
              HasSubstr("30 min; if it is stopped, only a result in a file (-o) can go on"));
}

// A document does not hold the scenarios of ceilings.
TEST(AddCeilings, MakesThemFromWhatADocumentHolds) {
  Report report = unit_test::sample_report();
  Plan& plan = report.plan;
  Cell cell = plan.cells[0];
  cell.scenario = ceiling_name(plan.scenarios[0].name);
  plan.references = {{Role::ceiling, cell}};
  plan.ceilings.clear();
  add_ceilings(plan);
  ASSERT_EQ(plan.ceilings.size(), 1U);
  EXPECT_EQ(scenario_of(plan, cell).name, cell.scenario);
}

}  // namespace
}  // namespace fanout
