// Many cells held against each other at once, and two builds in one result.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/analysis/compare.h"
#include "tests/unit/sample_report.h"

namespace fanout::many_changes_test {
namespace {

using unit_test::add_cell;
using unit_test::bare_report;
using Makespans = std::vector<double>;

// Rounds that differ by 1 %, as those of a calm machine do.
const Makespans kTen{100, 101, 99, 100.5, 99.5, 100, 101, 99, 100.5, 99.5};

Makespans times(const Makespans& makespans, double factor) {
  Makespans scaled = makespans;
  for (double& one : scaled) one *= factor;
  return scaled;
}

Report report_of(const char* strategy, const Makespans& makespans) {
  Report report = bare_report();
  add_cell(report, strategy, 10, makespans);
  return report;
}

Changes compared(const Report& base, const Report& next) {
  const Measure* by[] = {&measures()[0]};
  return compare_results(base, next, by, 0.05);
}

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

}  // namespace
}  // namespace fanout::many_changes_test
