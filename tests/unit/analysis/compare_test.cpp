// Two results held against each other: what is found, what is not said, and what is printed.

#include "harness/analysis/compare.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include "harness/analysis/comparable.h"
#include "harness/document/report_json.h"
#include "harness/print/render_compare.h"
#include "tests/unit/analysis/two_results.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using unit_test::add_cell;
using unit_test::bare_report;
using unit_test::compared;
using unit_test::kTen;
using unit_test::Makespans;
using unit_test::report_of;
using unit_test::times;
using unit_test::usage_error;

// What is found of one cell whose makespans were `base` and are now `next`.
Change change(const Makespans& base, const Makespans& next, double threshold = 0.05) {
  return compared(report_of("a", base), report_of("a", next), threshold).changes.at(0);
}

TEST(CompareResults, FindsNoDifferenceBetweenAResultAndItself) {
  const Change same = change(kTen, kTen);
  EXPECT_EQ(same.finding, Finding::not_separated);
  EXPECT_EQ(same.comparison.ratio, 1);
  EXPECT_EQ(in_words(same), "not separated");
}

TEST(CompareResults, CallsWhatIsSlowerARegressionBeyondTheThresholdOnly) {
  EXPECT_EQ(in_words(change(kTen, times(kTen, 1.1))), "regression: 1.10x slower");
  EXPECT_EQ(change(kTen, times(kTen, 1.04)).finding, Finding::worse);
  EXPECT_EQ(in_words(change(kTen, times(kTen, 1.04))), "1.04x slower");
  EXPECT_EQ(change(kTen, times(kTen, 1.04), 0.03).finding, Finding::regression);
  EXPECT_EQ(in_words(change(kTen, times(kTen, 0.8))), "1.25x faster");
}

TEST(CompareResults, DoesNotBelieveADifferenceWithinTheNoise) {
  Makespans noisy = kTen;
  for (std::size_t i = 0; i < noisy.size(); ++i) noisy[i] *= i % 2 == 0 ? 1.5 : 0.8;
  EXPECT_EQ(change(kTen, noisy).finding, Finding::not_separated) << "1.1 times on average";
}

TEST(CompareResults, CallsNothingARegressionWhoseIntervalReachesTheMargin) {
  const Makespans flat(6, 100);
  const Change unsure = change(flat, {101, 110, 110, 110, 110, 110});
  EXPECT_GT(unsure.comparison.ratio, 1.05);
  EXPECT_NEAR(*unsure.comparison.low, 1.01, 1e-6);
  EXPECT_EQ(unsure.finding, Finding::worse);
  EXPECT_EQ(change(flat, {103, 110, 110, 110, 110, 110}).finding, Finding::regression);
  EXPECT_EQ(change(flat, {101, 110, 110, 110, 110, 110}, 0.005).finding, Finding::regression)
      << "a threshold below the margin takes its place";
}

TEST(CompareResults, NeedsSixRoundsInBoth) {
  const Makespans five(kTen.begin(), kTen.begin() + 5);
  const Makespans six(kTen.begin(), kTen.begin() + 6);
  EXPECT_EQ(in_words(change(kTen, times(five, 2))),
            "not enough evidence: at least 6 rounds needed, 5 in both");
  EXPECT_EQ(change(kTen, times(six, 2)).finding, Finding::regression);
  EXPECT_EQ(change(kTen, times(six, 2)).comparison.rounds, 6U);
}

TEST(CompareResults, PairsRoundsThatAreValidInBoth) {
  Report base = report_of("a", kTen);
  Report next = report_of("a", times(kTen, 1.1));
  base.cells[0].runs[2].valid = false;
  next.cells[0].runs[7].valid = false;
  next.cells[0].runs[7].makespan_ns *= 100;
  for (Report* report : {&base, &next}) {
    report->cells[0].summary = summarize(report->cells[0].runs);
  }
  const Changes changes = compared(base, next);
  EXPECT_EQ(changes.changes.at(0).comparison.rounds, 8U);
  EXPECT_NEAR(changes.changes.at(0).comparison.ratio, 1.1, 1e-6);
  ASSERT_THAT(changes.invalid, SizeIs(1));
  EXPECT_EQ(changes.invalid[0].next.valid_runs, 9U);
}

TEST(CompareResults, SaysNothingWhereNothingIsValid) {
  EXPECT_EQ(in_words(change(kTen, {})), "no valid run in NEW");
  EXPECT_EQ(in_words(change({}, kTen)), "no valid run in BASE");
}

TEST(CompareResults, SaysNothingOfTheTimeThatSomethingElseSets) {
  Report base = report_of("a", kTen);
  Report next = report_of("a", times(kTen, 2));
  next.cells[0].summary.limited_by = Limit::server;
  const auto words = [&] { return in_words(compared(base, next).changes.at(0)); };
  EXPECT_EQ(words(), "limited by the server");
  const Measure* cpu[] = {&measures()[2]};
  EXPECT_EQ(compare_results(base, next, {cpu}, Between::builds).changes.at(0).finding,
            Finding::not_separated);
  next.cells[0].summary.limited_by = Limit::none;
  next.cells[0].summary.success_share.median = 0.9;
  EXPECT_EQ(words(), "100.0 % of the requests answered in BASE, 90.0 % in NEW");
  next.cells[0].summary.success_share.median = 0.99;
  base.plan.scenarios[0].deadline = std::chrono::seconds(1);
  EXPECT_EQ(words(), "the deadline ends these runs");
}

TEST(CompareResults, ListsCellsThatOneResultDoesNotHave) {
  Report base = report_of("both", kTen);
  Report next = base;
  add_cell(base, "old", 10, kTen);
  add_cell(next, "added", 10, kTen);
  const Changes changes = compared(base, next);
  EXPECT_THAT(changes.changes, SizeIs(1));
  ASSERT_THAT(changes.base_only, SizeIs(1));
  EXPECT_EQ(changes.base_only[0].strategy, "old");
  ASSERT_THAT(changes.next_only, SizeIs(1));
  EXPECT_EQ(changes.next_only[0].strategy, "added");
  EXPECT_THAT(usage_error([] { compared(report_of("a", kTen), report_of("b", kTen)); }),
              HasSubstr("no cell is in both"));
}

TEST(CompareResults, IsIncompleteIfNewLacksRunsOrCells) {
  Report whole = report_of("both", kTen);
  EXPECT_FALSE(is_incomplete(compared(whole, whole)));
  Report broken = whole;
  broken.cells[0].runs[3].valid = false;
  broken.cells[0].summary = summarize(broken.cells[0].runs);
  EXPECT_TRUE(is_incomplete(compared(whole, broken)));
  EXPECT_FALSE(is_incomplete(compared(broken, whole))) << "NEW is what is in question";
  Report without_runs = whole;
  without_runs.cells[0].runs.clear();
  without_runs.cells[0].summary = summarize({});
  EXPECT_TRUE(is_incomplete(compared(whole, without_runs)));
  EXPECT_TRUE(is_incomplete(compared(report_of("both", {}), report_of("both", {}))));
  Report more = whole;
  add_cell(more, "added", 10, kTen);
  EXPECT_TRUE(is_incomplete(compared(more, whole)));
  EXPECT_FALSE(is_incomplete(compared(whole, more)));
  more.cells[1].runs[0].valid = false;
  more.cells[1].summary = summarize(more.cells[1].runs);
  EXPECT_TRUE(is_incomplete(compared(whole, more)));
}

std::vector<std::string> differing(const Report& base, const Report& next) {
  return differences(conditions_to_json(base), conditions_to_json(next)).grave;
}

TEST(Differences, AreNoneInWhatIsFreeToDiffer) {
  const Report base = report_of("a", kTen);
  Report next = report_of("a", kTen);
  add_cell(next, "added", 5, kTen);
  next.tool.commit = "def";
  next.plan.rounds = 20;
  next.plan.seed = 2;
  next.plan.scenarios[0].workers = {5, 10};
  next.plan.scenarios[0].summary = "in other words";
  next.plan.scenarios[0].peers = {"py_session"};
  next.plan.programs = {{"py_session", {"python3"}, "session_reuse"}};
  EXPECT_THAT(differing(base, next), IsEmpty());
}

TEST(Differences, AreNamedOnePerLine) {
  const Report base = report_of("a", kTen);
  Report next = base;
  next.environment.cpu_model = "another CPU";
  next.environment.cpu_quota = 0.5;
  next.environment.libraries = {{"curl_easy", "8.5.0"}};
  next.tool.build = "Debug";
  next.plan.affinity = Affinity::none;
  next.plan.scenarios[0].server().loops = 2;
  next.plan.scenarios[0].server().hosts[0].body_bytes += 1;
  EXPECT_THAT(differing(base, next),
              ElementsAre(R"(environment.cpu_model: "a CPU" in BASE, "another CPU" in NEW)",
                          "environment.cpu_quota: null in BASE, 0.5 in NEW",
                          R"(environment.libraries.curl_easy: "7.88.1" in BASE, "8.5.0" in NEW)",
                          R"(tool.build: "Release" in BASE, "Debug" in NEW)",
                          R"(plan.affinity: "isolated" in BASE, "none" in NEW)",
                          AllOf(HasSubstr("scenario mine.server.hosts[0].body_bytes: "),
                                Not(HasSubstr("\n"))),
                          HasSubstr("scenario mine.server.loops: ")));
}

TEST(Differences, NameWhatOneResultDoesNotHave) {
  const Report base = report_of("a", kTen);
  Report next = base;
  next.plan.scenarios[0].name = "yours";
  next.cells[0].cell.scenario = "yours";
  next.environment.libraries["floor"] = "1";
  EXPECT_THAT(
      differing(base, next),
      ElementsAre(R"(environment.libraries.floor: absent in BASE, "1" in NEW)",
                  R"(scenario "mine" is in BASE only)", R"(scenario "yours" is in NEW only)"));
}

TEST(RenderComparison, ClosesWithTheRegressions) {
  const Report base = report_of("a", kTen);
  Report next = report_of("a", times(kTen, 1.1));
  add_cell(next, "added", 10, kTen);
  next.cells[0].runs[0].flags = next.cells[0].runs[1].flags = {Flag::noisy};
  const Changes changes = compared(base, next);
  const Compared both{
      {{"old.json", &base}}, {{"new.json", &next}}, {"environment.cpus: 2 in BASE, 4 in NEW"}, {}};
  const std::string text = render_comparison(both, changes, Format::table);
  EXPECT_THAT(text, AllOf(HasSubstr("BASE: old.json"), HasSubstr("NEW : new.json"),
                          HasSubstr("note: differs, overruled: environment.cpus: "),
                          HasSubstr("note: NEW: runs with flags: noisy x 2\n"),
                          HasSubstr("note: added / curl / 10 workers (mine) is in NEW only\n")));
  EXPECT_THAT(text, EndsWith("1 regression beyond 5 %:\n"
                             "  a / curl / 10 workers (mine), makespan: 1.10x slower "
                             "(95 % interval 1.10 to 1.10, 10 rounds)\n"));
  EXPECT_THAT(render_comparison(both, changes, Format::markdown), HasSubstr("| a | curl | 10 |"));
}

std::string rendered(const Report& base, const Report& next) {
  return render_comparison({{{"old.json", &base}}, {{"new.json", &next}}, {}, {}},
                           compared(base, next), Format::table);
}

TEST(RenderComparison, ClosesWithWhatNewLacks) {
  Report base = report_of("a", kTen);
  Report next = report_of("a", kTen);
  add_cell(base, "old", 10, kTen);
  next.cells[0].runs[0].valid = false;
  next.cells[0].summary = summarize(next.cells[0].runs);
  EXPECT_THAT(rendered(base, next), EndsWith("no regression beyond 5 % in 1 comparison\n"
                                             "incomplete: 1 cell without all runs valid in NEW, "
                                             "1 cell of BASE missing from NEW\n"));
  next = report_of("a", times(kTen, 1.1));
  EXPECT_THAT(rendered(base, next),
              AllOf(HasSubstr("incomplete: 1 cell of BASE missing from NEW\n1 regression beyond"),
                    EndsWith("10 rounds)\n")));
}

TEST(RenderComparison, DoesNotSayNoRegressionWhereNothingIsJudged) {
  const Makespans five(kTen.begin(), kTen.begin() + 5);
  const std::string text = rendered(report_of("a", five), report_of("a", five));
  EXPECT_THAT(text, EndsWith("nothing judged: not enough evidence\n"));
  EXPECT_THAT(text, Not(HasSubstr("no regression")));
}

TEST(RenderComparison, ShowsThroughputAsTimePerRequest) {
  Report base = report_of("a", kTen);
  Report next = report_of("a", times(kTen, 1.1));
  for (Report* report : {&base, &next}) {
    for (auto& run : report->cells[0].runs) run.steady = SteadyState{.requests = 200, .ok = 200};
  }
  const Measure* by[] = {&measures()[1]};
  const Changes changes = compare_results(base, next, {by});
  EXPECT_NEAR(changes.changes.at(0).comparison.ratio, 1.1, 1e-6);
  const Compared both{{{"old.json", &base}}, {{"new.json", &next}}, {}, {}};
  EXPECT_THAT(render_comparison(both, changes, Format::table),
              AllOf(HasSubstr(", time per request: 1.10x slower"), Not(HasSubstr("throughput"))));
  const auto json = nlohmann::json::parse(render_comparison(both, changes, Format::json));
  EXPECT_EQ(json.at("changes").at(0).at("measure"), "throughput");
}

TEST(RenderComparison, IsADocumentForPrograms) {
  const Report base = report_of("a", kTen);
  const Report next = report_of("a", times(kTen, 1.1));
  const auto json = nlohmann::json::parse(render_comparison(
      {{{"old.json", &base}}, {{"new.json", &next}}, {}, {}}, compared(base, next), Format::json));
  EXPECT_EQ(json.at("regression"), true);
  EXPECT_EQ(json.at("incomplete"), false);
  const auto& change = json.at("changes").at(0);
  EXPECT_EQ(change.at("verdict"), "regression");
  EXPECT_EQ(change.at("measure"), "makespan");
  EXPECT_NEAR(change.at("ratio").get<double>(), 1.1, 1e-6);
  EXPECT_NEAR(change.at("new_ns").get<double>(), 110e6, 1);
}

}  // namespace
}  // namespace fanout
