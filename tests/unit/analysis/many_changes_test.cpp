// Many cells held against each other at once, and two builds in one result.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/analysis/compare.h"
#include "tests/unit/analysis/two_results.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using unit_test::add_cell;
using unit_test::bare_report;
using unit_test::compared;
using unit_test::kTen;
using unit_test::Makespans;
using unit_test::report_of;
using unit_test::times;

// Reports of so many cells, of which the first has become slower.
Changes one_of(unsigned cells, const Makespans& base, const Makespans& next) {
  Report before = bare_report();
  Report after = bare_report();
  for (unsigned i = 0; i < cells; ++i) {
    const std::string name = fmt::format("cell{}", i);
    add_cell(before, name.c_str(), 10, base);
    add_cell(after, name.c_str(), 10, i == 0 ? next : base);
  }
  return compared(before, after);
}

TEST(CompareMany, AsksForMoreCertaintyTheMoreCellsThereAre) {
  // Nine of ten rounds agree: p = 4 / 1024 or so.
  Makespans mostly = times(kTen, 1.1);
  mostly[0] = 99.9;
  EXPECT_EQ(one_of(2, kTen, mostly).changes[0].finding, Finding::regression);
  const Change unsure = one_of(20, kTen, mostly).changes[0];
  EXPECT_LT(unsure.comparison.p, 0.05);
  EXPECT_GT(unsure.p_holm, 0.05);
  EXPECT_EQ(unsure.finding, Finding::not_separated);
  EXPECT_EQ(one_of(20, kTen, times(kTen, 1.1)).changes[0].finding, Finding::regression);
}

TEST(CompareMany, SaysWhereRoundsAreTooFewForTheCells) {
  const Makespans eight(kTen.begin(), kTen.begin() + 8);
  EXPECT_EQ(one_of(6, eight, times(eight, 1.1)).changes[0].finding, Finding::regression);
  EXPECT_EQ(in_words(one_of(7, eight, times(eight, 1.1)).changes[0]),
            "not enough evidence: 8 rounds are too few for 7 cells");
}

TEST(CompareMany, CallsNothingARegressionThatTwinsDifferBy) {
  Report base = report_of("a", kTen);
  const Report next = report_of("a", times(kTen, 1.1));
  EXPECT_NEAR(compared(base, next).changes[0].margin, 0.02, 1e-9);
  Report twin = report_of("a", times(kTen, 1.15));
  base.plan.references = {{Role::twin, twin.cells[0].cell}};
  base.references = {twin.cells[0]};
  const Change change = compared(base, next).changes[0];
  EXPECT_NEAR(change.margin, 0.15, 1e-6);
  EXPECT_EQ(change.finding, Finding::not_separated);
}

Report with_other_build(const Makespans& ours, const Makespans& theirs) {
  Report report = report_of("a", ours);
  report.plan.against = OtherBuild{"other", {}, 0.05};
  Report other = report_of("a", theirs);
  other.cells[0].cell.by_other_build = true;
  report.plan.references = {{Role::against, other.cells[0].cell}};
  report.references = {other.cells[0]};
  return report;
}

TEST(ChangesAgainstOther, AreFromTheOtherBuildToThisOne) {
  EXPECT_FALSE(changes_against_other(report_of("a", kTen)));
  const auto slower = changes_against_other(with_other_build(times(kTen, 1.1), kTen));
  ASSERT_TRUE(slower);
  EXPECT_TRUE(has_regression(*slower));
  EXPECT_EQ(slower->changes[0].cell, report_of("a", kTen).cells[0].cell);
  EXPECT_NEAR(slower->changes[0].comparison.ratio, 1.1, 1e-6);
  EXPECT_FALSE(has_regression(*changes_against_other(with_other_build(kTen, times(kTen, 1.1)))));
}

// A result of which in each run so many of the 200 requests succeeded.
Report answered(const std::vector<std::uint64_t>& ok) {
  Report report = report_of("a", Makespans(ok.size(), 100));
  for (std::size_t i = 0; i < ok.size(); ++i) {
    report.cells[0].runs[i].requests.ok = ok[i];
    report.cells[0].runs[i].requests.failed = 200 - ok[i];
  }
  report.cells[0].summary = summarize(report.cells[0].runs);
  return report;
}

TEST(SuccessOfTwoResults, IsARegressionWhereEveryRunAgrees) {
  const Report all = answered({200, 200, 200, 200});
  const Report half = answered({100, 110, 90, 100});
  const Changes fewer = compared(all, half);
  EXPECT_TRUE(has_regression(fewer));
  EXPECT_EQ(in_words(fewer.successes.at(0)).substr(0, 26), "regression: 50 % succeeded");
  EXPECT_EQ(compared(half, all).successes.at(0).finding, Finding::better);
  EXPECT_TRUE(compared(all, all).successes.empty());
}

TEST(SuccessOfTwoResults, IsNoneIfOneRunFailedAsAWhole) {
  const Changes burst = compared(answered({200, 200, 200, 200}), answered({200, 200, 200, 0}));
  EXPECT_EQ(burst.successes.at(0).finding, Finding::not_separated);
  EXPECT_FALSE(has_regression(burst));
}

TEST(SuccessOfTwoResults, NeedsFourRuns) {
  EXPECT_EQ(compared(answered({200, 200, 200}), answered({0, 0, 0})).successes.at(0).finding,
            Finding::declined);
}

TEST(SuccessOfTwoResults, IsNotAskedForWhereADeadlineEndsTheRuns) {
  Report half = answered({100, 100, 100, 100});
  half.plan.scenarios[0].deadline = std::chrono::seconds(1);
  EXPECT_TRUE(compared(half, answered({0, 0, 0, 0})).successes.empty());
}

}  // namespace
}  // namespace fanout
