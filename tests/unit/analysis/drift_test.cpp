// Two sessions of a machine that drifts: what is taken out, what is left, and what is not judged.
#include "harness/analysis/drift.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analysis/drifting.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using unit_test::Machine;
using unit_test::measure_named;
using unit_test::session_on;

// What is found of the cell by a measure.
Change found(const Report& base, const Report& next, const char* measure = "cpu") {
  const Measure* by[] = {measure_named(measure)};
  return compare_results(base, next, {by}).changes.at(0);
}

Report session(const Machine& machine, double cost = 50) {
  std::mt19937_64 random(static_cast<std::uint64_t>(1e6 * machine.drift * machine.cell_alone));
  return session_on(machine, cost, random);
}

TEST(Drift, IsTakenOutOfCpuTimeAndOfTimesThatTheClientLimits) {
  const Report usual = session({});
  const Report slow = session({.drift = 1.3});
  for (const char* measure : {"cpu", "makespan"}) {
    const Change change = found(usual, slow, measure);
    EXPECT_EQ(change.finding, Finding::not_separated) << measure;
    EXPECT_NEAR(change.comparison.ratio, 1, 0.03) << measure;
    EXPECT_NEAR(*change.drift, 1.3, 0.03) << measure;
    EXPECT_NEAR(change.next / change.base, 1.3, 0.03) << "as it was measured";
  }
}

TEST(Drift, LeavesWhatTheCodeCostsMore) {
  const Change change = found(session({}), session({.drift = 1.2}, 60));
  EXPECT_EQ(change.finding, Finding::regression);
  EXPECT_NEAR(change.comparison.ratio, 1.2, 0.04);
}

TEST(Drift, IsAsUncertainAsItsWitnessesAreApart) {
  const Change apart = found(session({}), session({.floor_alone = 1.3, .cell_alone = 1.2}));
  EXPECT_EQ(apart.finding, Finding::not_separated) << "the client floor says 1.3, the server 1";
  EXPECT_LT(*apart.comparison.low, 0.95);
  EXPECT_GT(*apart.comparison.high, 1.18);
}

TEST(Drift, IsNotBelievedToBeSharedByTheCell) {
  const Change change =
      found(session({}), session({.floor_alone = 0.8, .server_alone = 0.8, .cell_alone = 1.001}));
  EXPECT_NEAR(change.comparison.ratio, 1.25, 0.04);
  EXPECT_EQ(change.finding, Finding::not_separated) << "that the machine changed is all there is";
}

TEST(Drift, WidensWhatItLimitsInPart) {
  Report usual = session({});
  Report slow = session({.drift = 1.3});
  for (Report* report : {&usual, &slow}) report->cells[0].summary.limited_by = Limit::none;
  const Change change = found(usual, slow, "makespan");
  EXPECT_NEAR(change.comparison.ratio, 1.3, 0.03);
  EXPECT_FALSE(change.drift);
  EXPECT_EQ(change.finding, Finding::not_separated);
  for (Report* report : {&usual, &slow}) report->cells[0].summary.limited_by = Limit::latency;
  EXPECT_EQ(found(usual, slow, "makespan").finding, Finding::regression)
      << "no clock makes the delays of a server longer";
}

TEST(Drift, IsSaidToBeUnknownWithoutAClientFloor) {
  const Report with = session({});
  Report without = with;
  without.references.clear();
  without.plan.references.clear();
  for (const char* measure : {"cpu", "makespan"}) {
    EXPECT_THAT(in_words(found(with, without, measure)), HasSubstr("not judged: no client floor"));
    EXPECT_THAT(in_words(found(without, with, measure)), HasSubstr("use --against"));
  }
  const Measure* by[] = {measure_named("cpu")};
  const Changes builds = compare_results(without, without, {by}, Between::builds);
  EXPECT_EQ(builds.changes.at(0).finding, Finding::not_separated) << "one session does not drift";
}

// How often two sessions are called a regression, of 400 pairs: the machine drifts by 15 % from one
// to the next, each witness and the cell by 3 % of their own.
double regressions(double effect) {
  constexpr int kPairs = 400;
  std::mt19937_64 random(7);
  std::normal_distribution<double> chance(0, 1);
  const auto machine = [&] {
    return Machine{.drift = std::exp(0.15 * chance(random)),
                   .floor_alone = std::exp(0.03 * chance(random)),
                   .server_alone = std::exp(0.03 * chance(random)),
                   .cell_alone = std::exp(0.03 * chance(random)),
                   .noise = 0.02};
  };
  int called = 0;
  for (int i = 0; i < kPairs; ++i) {
    const Report base = session_on(machine(), 50, random);
    const Report next = session_on(machine(), 50 * effect, random);
    called += found(base, next).finding == Finding::regression;
  }
  return static_cast<double>(called) / kPairs;
}

TEST(Drift, MisleadsInAtMostFivePercentOfPairs) { EXPECT_LE(regressions(1), 0.05); }

// The steadier the machine, the more is found: 1 % of drift, none of it anyone's own.
TEST(Drift, HidesNoTenthOnASteadyMachine) {
  constexpr int kPairs = 100;
  std::mt19937_64 random(8);
  std::normal_distribution<double> chance(0, 0.01);
  int called = 0;
  for (int i = 0; i < kPairs; ++i) {
    const Report base = session_on({.drift = std::exp(chance(random))}, 50, random);
    const Report next = session_on({.drift = std::exp(chance(random))}, 55, random);
    called += found(base, next).finding == Finding::regression;
  }
  EXPECT_GE(called, 95);
}

}  // namespace
}  // namespace fanout
