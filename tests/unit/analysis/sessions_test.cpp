// Several results of a side: each gives one value. And results over time, with their band.
#include "harness/analysis/sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "base/error.h"
#include "harness/analysis/comparable.h"
#include "harness/analysis/history.h"
#include "harness/print/render_compare.h"
#include "harness/print/render_history.h"
#include "tests/unit/analysis/drifting.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using unit_test::Machine;
using unit_test::measure_named;
using unit_test::session_on;

// Results that differ as sessions of a machine do: it drifts by 15 %, each part by 2 % of its own.
class Measured {
 public:
  explicit Measured(std::uint64_t seed) : random_(seed) {}

  Sessions of_cost(double cost, std::size_t count) {
    Sessions sessions;
    for (std::size_t i = 0; i < count; ++i) {
      const Machine machine{.drift = std::exp(0.15 * chance_(random_)),
                            .floor_alone = std::exp(0.02 * chance_(random_)),
                            .server_alone = std::exp(0.02 * chance_(random_)),
                            .cell_alone = std::exp(0.02 * chance_(random_))};
      reports_.push_back(session_on(machine, cost, random_));
      sessions.push_back(&reports_.back());
    }
    return sessions;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> chance_{0, 1};
  std::deque<Report> reports_;
};

// Of a machine that does not drift.
Report steady(double cost, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return session_on({}, cost, random);
}

const Measure* const kCpu[] = {measure_named("cpu")};

TEST(CompareAll, GivesEachSessionOneValue) {
  const Report one = steady(50, 1);
  const Report two = steady(51, 2);
  const Report three = steady(49, 3);
  const Report four = steady(60, 4);
  const Report five = steady(61, 5);
  const Report six = steady(59, 6);
  const Changes changes = compare_all({&one, &two, &three}, {&four, &five, &six}, {kCpu});
  const Change& change = changes.changes.at(0);
  EXPECT_EQ(change.sessions->base, 3U);
  EXPECT_EQ(change.sessions->next, 3U);
  EXPECT_NEAR(change.comparison.ratio, 1.2, 0.03);
  EXPECT_EQ(change.finding, Finding::regression);
  const Compared all{{{"1.json", &one}}, {{"4.json", &four}}, {}, {}};
  EXPECT_THAT(render_comparison(all, changes, Format::table),
              AllOf(HasSubstr("  3 + 3  "), HasSubstr("all comparisons together"),
                    HasSubstr("3 and 3 sessions)\n")));
}

TEST(CompareAll, NeedsThreeSessionsOfEitherSide) {
  const Report one = steady(50, 1);
  const Report two = steady(51, 2);
  const Report three = steady(49, 3);
  const Changes changes = compare_all({&one, &two, &three}, {&one, &two}, {kCpu});
  EXPECT_EQ(in_words(changes.changes.at(0)),
            "not enough evidence: at least 3 sessions of each side needed, 3 and 2 seen");
}

TEST(CompareAll, NamesCellsThatNoSessionOfASideHas) {
  const Report one = steady(50, 1);
  Report other = one;
  other.cells[0].cell.strategy = "b";
  EXPECT_THROW(compare_all({&one}, {&other}, {kCpu}), IncomparableError);
  other = one;
  unit_test::add_cell(other, "b", 10, {100, 101});
  EXPECT_EQ(compare_all({&one, &other}, {&one}, {kCpu}).base_only.at(0).strategy, "b");
  EXPECT_EQ(compare_all({&one}, {&one, &other}, {kCpu}).next_only.at(0).strategy, "b");
}

TEST(CompareAll, CountsASessionOfFailuresOnce) {
  const Report well = steady(50, 1);
  Report ill = well;
  for (auto& run : ill.cells[0].runs) run.requests.ok = run.requests.total - 3;
  for (CellReport& cell : ill.cells) cell.summary = summarize(cell.runs);
  const auto found = [&](std::size_t sessions) {
    return compare_all(Sessions(sessions, &well), Sessions(sessions, &ill), {kCpu})
        .successes.at(0)
        .finding;
  };
  EXPECT_EQ(found(4), Finding::regression);
  EXPECT_EQ(found(3), Finding::declined) << "three sessions of ten runs are three values";
}

TEST(CompareAll, MisleadsInAtMostFivePercentOfExperiments) {
  constexpr int kExperiments = 300;
  int called = 0;
  for (int i = 0; i < kExperiments; ++i) {
    Measured measured(static_cast<std::uint64_t>(i));
    const Sessions base = measured.of_cost(50, 3);
    const Sessions next = measured.of_cost(50, 3);
    called += has_regression(compare_all(base, next, {kCpu}));
  }
  EXPECT_LE(called, kExperiments / 20);
}

TEST(CompareAll, FindsATenthMoreOnASteadyMachine) {
  constexpr int kExperiments = 50;
  std::mt19937_64 random(3);
  std::normal_distribution<double> chance(0, 0.02);
  int called = 0;
  for (int i = 0; i < kExperiments; ++i) {
    std::deque<Report> reports;
    Sessions base;
    Sessions next;
    for (int session = 0; session < 5; ++session) {
      for (const double cost : {50.0, 55.0}) {
        reports.push_back(session_on({.cell_alone = std::exp(chance(random))}, cost, random));
        (cost == 50 ? base : next).push_back(&reports.back());
      }
    }
    called += has_regression(compare_all(base, next, {kCpu}));
  }
  EXPECT_GE(called, 45);
}

TEST(History, NamesTheFirstResultThatLeftItsBand) {
  std::deque<Report> reports;
  std::vector<NamedResult> results;
  for (const double cost : {50.0, 51.0, 49.0, 50.5, 60.0, 50.0}) {
    reports.push_back(steady(cost, reports.size()));
    reports.back().started_at = "2026-01-0" + std::to_string(reports.size()) + "T00:00:00Z";
    results.push_back({std::to_string(reports.size()) + ".json", &reports.back()});
  }
  Sessions sessions;
  for (const NamedResult& result : results) sessions.push_back(result.report);
  const auto rows = history_of(sessions, {kCpu});
  ASSERT_EQ(rows.at(0).first_left, 4U);
  EXPECT_FALSE(rows[0].points[2].band) << "two before it are too few";
  EXPECT_FALSE(rows[0].points[5].left) << "the band is that of the first four";
  const std::string text = render_history(results, rows, {"a note"}, Format::table);
  EXPECT_THAT(
      text, AllOf(HasSubstr("out: 1.2"), HasSubstr("too few before"), HasSubstr("note: a note\n")));
  EXPECT_THAT(text, HasSubstr("first to leave: 5.json (2026-01-05T00:00:00Z"));
  EXPECT_THAT(text, EndsWith("x dearer\n"));
  EXPECT_THAT(render_history(results, rows, {}, Format::csv),
              HasSubstr("mine,a,curl,10,cpu,5.json,2026-01-05T00:00:00Z,"));
  const std::vector<NamedResult> few(results.begin(), results.begin() + 3);
  EXPECT_THAT(render_history(few, history_of({sessions.begin(), sessions.begin() + 3}, {kCpu}), {},
                             Format::markdown),
              EndsWith("nothing judged: a result needs at least 3 before it\n"));
}

}  // namespace
}  // namespace fanout
