#include "harness/analysis/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using unit_test::about;
using unit_test::add_cell;
using unit_test::bare_report;

// The only verdict on a measure.
Verdict by(const Report& report, std::string_view measure) {
  std::vector<Verdict> found = verdicts_of(report, report.plan.scenarios[0]);
  std::erase_if(found, [&](const Verdict& one) { return one.measure->name != measure; });
  EXPECT_EQ(found.size(), 1U) << measure;
  return found.empty() ? Verdict{} : std::move(found.front());
}

void change_runs(CellReport& cell, auto change) {
  for (fanout::Run& run : cell.runs) change(run);
  cell.summary = summarize(cell.runs);
}

// The second cell's runs once more, so much longer.
void add_twin(Report& report, double factor) {
  CellReport twin = report.cells.front();
  change_runs(twin, [&](fanout::Run& run) {
    run.makespan_ns = static_cast<std::int64_t>(static_cast<double>(run.makespan_ns) * factor);
  });
  report.plan.references.push_back({Role::twin, twin.cell});
  report.references.push_back(std::move(twin));
}

TEST(Verdicts, SayInWordsWhoIsHowMuchFaster) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 10, about(132));
  add_cell(report, "event_loop", 10, about(100));
  add_cell(report, "coroutines", 10, about(101));
  EXPECT_THAT(in_words(by(report, "makespan")),
              ElementsAre("by makespan:", "  1. event_loop, coroutines (not separated)",
                          "  2. thread_pool: event_loop is 1.32x faster than thread_pool (95 % "
                          "interval 1.32 to 1.32, 10 rounds)"));
}

TEST(Verdicts, RankEveryMeasureByItself) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 10, about(100));
  add_cell(report, "event_loop", 10, about(132));
  change_runs(report.cells[0], [](fanout::Run& run) { run.cpu_ns *= 3; });
  EXPECT_EQ(by(report, "makespan").ranking->bands,
            (std::vector<std::vector<std::size_t>>{{0}, {1}}));
  EXPECT_THAT(in_words(by(report, "cpu")).back(),
              HasSubstr("event_loop is 3.00x cheaper than thread_pool"));
}

TEST(Verdicts, NeedTenRounds) {
  Report report = bare_report();
  add_cell(report, "a", 4, {100, 100, 100});
  add_cell(report, "b", 4, {200, 200, 200});
  const Verdict verdict = by(report, "makespan");
  EXPECT_FALSE(verdict.ranking);
  EXPECT_THAT(in_words(verdict),
              ElementsAre("by makespan: not enough evidence: at least 10 rounds needed, 3 seen"));
}

TEST(Verdicts, CompareRoundsThatAllHaveAndNoOthers) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(200));
  report.cells[1].runs.pop_back();  // interrupted in the last round
  report.cells[1].summary = summarize(report.cells[1].runs);
  EXPECT_EQ(by(report, "makespan").rounds, 9U);
}

TEST(Verdicts, CountTheNoiseOfTheTwinsAsATie) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(104));
  EXPECT_EQ(by(report, "makespan").ranking->bands.size(), 2U);
  add_twin(report, 1.05);
  const Verdict verdict = by(report, "makespan");
  EXPECT_NEAR(verdict.margin, 0.05, 1e-6);
  EXPECT_TRUE(verdict.twins->different);
  EXPECT_EQ(verdict.ranking->bands.size(), 1U);
  EXPECT_THAT(in_words(*verdict.twins), HasSubstr("twins of a / curl differ by 5.0 %"));
  EXPECT_EQ(by(report, "cpu").margin, kLeastMargin);
}

TEST(Verdicts, DoNotCallTwinsDifferentWithinTheMargin) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(200));
  add_twin(report, 1.01);  // in every round
  EXPECT_FALSE(by(report, "makespan").twins->different);
}

TEST(Verdicts, LeaveOutWhatTheServerLimitedButNotByItsCpu) {
  Report report = bare_report();
  for (const char* name : {"a", "b", "c"}) add_cell(report, name, 4, about(100));
  report.cells[0].summary.limited_by = Limit::server;
  const Verdict speed = by(report, "makespan");
  ASSERT_EQ(speed.left_out.size(), 1U);
  EXPECT_EQ(speed.left_out[0].cell, report.cells[0].cell);
  EXPECT_EQ(speed.left_out[0].reason, "limited by the server");
  EXPECT_EQ(speed.cells.size(), 2U);
  EXPECT_EQ(by(report, "cpu").cells.size(), 3U);
}

TEST(Verdicts, RankNoDebugBuild) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(200));
  report.tool.build = "Debug with address";
  EXPECT_EQ(by(report, "makespan").declined, "not ranked: a Debug with address build");
}

TEST(Verdicts, RankNoMakespansThatADeadlineCut) {
  Report report = bare_report();
  report.plan.scenarios.front().deadline = std::chrono::milliseconds(100);
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(103));
  EXPECT_TRUE(by(report, "makespan").ranking);
  for (CellReport& cell : report.cells)
    change_runs(cell, [](fanout::Run& run) { run.requests.ok = 190; });
  EXPECT_THAT(by(report, "makespan").declined, HasSubstr("the deadline ends these runs"));
  EXPECT_TRUE(by(report, "cpu").ranking);
}

TEST(Verdicts, HoldTheLibraryFixedUnlessItIsWhatDiffers) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  add_cell(report, "b", 4, about(100));
  add_cell(report, "c", 4, about(50));
  report.cells[2].cell.stack = "beast";
  EXPECT_EQ(by(report, "makespan").stack, "libcurl");
  EXPECT_EQ(by(report, "makespan").cells.size(), 2U);
  for (CellReport& cell : report.cells) cell.cell.strategy = "a";
  report.cells[0].cell.transport = "easy";
  report.cells[2].cell.transport = "beast_async";
  const Verdict all = by(report, "makespan");
  EXPECT_EQ(all.stack, "");
  EXPECT_THAT(all.labels, ElementsAre("a / easy", "a / curl", "a / beast_async"));
}

TEST(Verdicts, OfASweepAreMadeAtEachNumberOfWorkers) {
  Report report = bare_report();
  add_cell(report, "one_at_a_time", 1, about(1000));
  for (const unsigned workers : {4U, 8U}) {
    add_cell(report, "a", workers, about(400.0 / workers));
    add_cell(report, "b", workers, about(800.0 / workers));
  }
  std::vector<std::vector<std::string>> found;
  for (const Verdict& verdict : verdicts_of(report, report.plan.scenarios[0])) {
    if (verdict.measure->name != "makespan") continue;
    EXPECT_THAT(verdict.labels, ElementsAre("one_at_a_time", "a", "b"));
    found.push_back(in_words(verdict));
  }
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].front(), "by makespan, 4 workers:");
  EXPECT_THAT(found[1].back(), HasSubstr("3. one_at_a_time: a is 20.00x faster than one_at"));
}

TEST(Verdicts, NeedAThousandAnswersOfEveryRunForP99) {
  Report report = bare_report();
  report.plan.scenarios.front().requests = 1000;
  for (const char* name : {"a", "b"}) {
    add_cell(report, name, 4, about(100));
    change_runs(report.cells.back(), [](fanout::Run& run) {
      run.requests.total = 1000;
      run.requests.ok = 1000;
    });
  }
  EXPECT_TRUE(by(report, "p99").ranking);
  report.cells[1].runs[3].requests.ok = 999;
  EXPECT_EQ(by(report, "p99").declined, "not ranked: needs 1,000 answers per run");
}

// In mode steady the makespan is how long was measured: what counts is what was done in it.
TEST(Verdicts, CompareThroughputInModeSteady) {
  Report report = bare_report();
  report.plan.scenarios.front().mode = Mode::steady;
  for (const std::uint64_t requests : {3000U, 2000U}) {
    add_cell(report, requests == 3000 ? "a" : "b", 4, about(2000));
    change_runs(report.cells.back(), [&](fanout::Run& run) {
      run.steady = SteadyState{.warm_up_ns = 1, .requests = requests, .ok = requests};
    });
  }
  EXPECT_THAT(in_words(by(report, "throughput")).back(), HasSubstr("a is 1.50x faster than b"));
  EXPECT_THAT(in_words(by(report, "cpu")).back(), HasSubstr("a is 1.50x cheaper than b"));
  for (const Verdict& verdict : verdicts_of(report, report.plan.scenarios[0]))
    EXPECT_NE(verdict.measure->name, "makespan");
}

TEST(Verdicts, AreNoneOnWhatHasNothingToBeComparedWith) {
  Report report = bare_report();
  add_cell(report, "a", 4, about(100));
  EXPECT_THAT(verdicts_of(report, report.plan.scenarios[0]), IsEmpty());
}

}  // namespace
}  // namespace fanout
