// External programs in a plan: who takes part, in which cells, and who does not, with the reason.
#include "harness/catalogue/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/originals.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/plan.h"
#include "harness/plan/references.h"
#include "harness/plan/selection.h"
#include "harness/print/originals_table.h"
#include "strategies/registry.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using unit_test::kAmple;
using unit_test::usage_error;

std::vector<std::string> names_of(const Plan& plan) {
  std::vector<std::string> names;
  for (const Cell& cell : plan.cells) {
    if (names.empty() || names.back() != cell.strategy) names.push_back(cell.strategy);
  }
  return names;
}

Selection of(std::vector<std::string> strategies, std::string scenario = "local-500") {
  Selection selection;
  selection.scenarios = {std::move(scenario)};
  selection.strategies = std::move(strategies);
  return selection;
}

std::string refusal(const Selection& selection) {
  return usage_error([&] { make_plan(selection, kAmple, {}); });
}

TEST(Peers, HaveNamesOfTheirOwnAndImitateStrategiesThereAre) {
  std::set<std::string> names;
  std::set<std::string> known{""};
  for (const Strategy* row : strategies()) known.emplace(row->name);
  for (const Program& peer : peers()) {
    EXPECT_TRUE(names.insert(peer.name).second) << peer.name;
    EXPECT_FALSE(known.contains(peer.name)) << peer.name;
    EXPECT_TRUE(known.contains(peer.imitates)) << peer.name;
    EXPECT_THAT(peer.needs, Not(IsEmpty())) << peer.name;
    EXPECT_EQ(peer.needs.front().program, peer.command.front()) << peer.name;
    EXPECT_EQ(find_peer(peer.name), &peer);
  }
}

TEST(ProgramFrom, TakesANameAndACommandOfTheShell) {
  const auto program = program_from("mine=python3 my.py --fast a=b");
  ASSERT_TRUE(program);
  EXPECT_EQ(program->name, "mine");
  EXPECT_THAT(program->command, ElementsAre("/bin/sh", "-c", "exec python3 my.py --fast a=b"));
  EXPECT_EQ(program_from("mine=cat | my")->command.back(), "cat | my");
  EXPECT_EQ(program_from("mine=A=b my")->command.back(), "A=b my");
  for (const char* text : {"", "mine", "=command", "mine=", "mine= ", "my name=x", "a/b=x"}) {
    EXPECT_FALSE(program_from(text)) << text;
  }
  EXPECT_THAT(usage_error([] { program_from("thread_pool=x"); }), HasSubstr("fanout's own"));
  EXPECT_THAT(usage_error([] { program_from("py_session=x"); }), HasSubstr("fanout's own"));
}

TEST(Programs, AreRunWithTheNumbersOfWorkersTheyCanHave) {
  const Plan plan =
      make_plan(of({"py_thread_pool", "py_session", "py_asyncio_unlimited"}), kAmple, {});
  std::vector<std::string> cells;
  for (const Cell& cell : plan.cells) {
    EXPECT_EQ(cell.transport, "own");
    EXPECT_EQ(cell.stack, "own");
    cells.push_back(cell.strategy + " " + std::to_string(cell.workers));
  }
  EXPECT_THAT(cells, ElementsAre("py_thread_pool 1", "py_thread_pool 5", "py_thread_pool 10",
                                 "py_thread_pool 20", "py_session 1", "py_asyncio_unlimited 500"));
  ASSERT_THAT(plan.programs, SizeIs(3));
  EXPECT_EQ(plan.programs[1].imitates, "session_reuse");
}

TEST(Programs, AreNamedByPatternsOfTheShell) {
  EXPECT_THAT(names_of(make_plan(of({"node_*"}), kAmple, {})),
              ElementsAre("node_batches", "node_event_loop"));
  EXPECT_THAT(names_of(make_plan(of({"session_*", "py_sess*", "py_session"}), kAmple, {})),
              ElementsAre("session_reuse", "py_session"));
  EXPECT_THAT(refusal(of({"rb_*"})), HasSubstr("no strategy matches \"rb_*\""));
  EXPECT_THAT(refusal(of({"py_sesion"})), HasSubstr("did you mean py_session?"));
}

TEST(Programs, TakePartWhereTheScenarioNamesThemUnlessStrategiesAreNamed) {
  EXPECT_THAT(names_of(make_plan(of({}, "article-b"), kAmple, {})), Contains("py_process_pool"));
  EXPECT_THAT(names_of(make_plan(of({"thread_pool"}, "article-b"), kAmple, {})),
              ElementsAre("thread_pool"));
  Selection selection = of({"thread_pool"}, "article-b");
  selection.peers = true;
  EXPECT_THAT(names_of(make_plan(selection, kAmple, {})),
              ElementsAre("thread_pool", "py_thread_pool", "py_process_pool", "py_asyncio",
                          "py_asyncio_unlimited"));
  selection = of({}, "article-b");
  selection.peers = false;
  EXPECT_THAT(names_of(make_plan(selection, kAmple, {})), Each(Not(StartsWith("py_"))));
}

TEST(Programs, AllTakePartWhereTheyAreAskedForAndTheScenarioNamesNone) {
  Selection selection = of({"sequential"}, "api-fanout");
  selection.peers = true;
  const auto able = std::ranges::count_if(
      peers(), [](const Program& peer) { return speaks(peer, HttpVersion::http1); });
  EXPECT_THAT(names_of(make_plan(selection, kAmple, {})), SizeIs(1 + able));
}

TEST(Programs, OfTheUserAreAlwaysBeside) {
  Selection selection = of({"thread_pool"});
  selection.externals = {*program_from("mine=./mine")};
  const Plan plan = make_plan(selection, kAmple, {});
  EXPECT_THAT(names_of(plan), ElementsAre("thread_pool", "mine"));
  EXPECT_THAT(plan.programs.front().command, ElementsAre("/bin/sh", "-c", "exec ./mine"));
  selection.externals.push_back(selection.externals.front());
  EXPECT_THAT(refusal(selection), HasSubstr("mine is named twice"));
}

TEST(Programs, ThatAreNotInstalledAreSkippedWithWhatToInstall) {
  const FindProgram none = [](const Program& program) {
    return FoundProgram{{}, "not installed here: apt install " + program.needs.back().package};
  };
  const Plan plan = make_plan(of({}, "article-c"), kAmple, none);
  EXPECT_THAT(names_of(plan), Each(Not(StartsWith("py_"))));
  ASSERT_THAT(plan.skipped, SizeIs(2));
  EXPECT_EQ(plan.skipped[0].cell.strategy, "py_sequential");
  EXPECT_EQ(plan.skipped[0].why.text, "not installed here: apt install python3-requests");
  EXPECT_THAT(plan.programs, IsEmpty());
  EXPECT_THAT(usage_error([&] { make_plan(of({"py_asyncio"}), kAmple, none); }),
              HasSubstr("apt install python3-aiohttp"));
}

std::vector<std::string> transports_of(const Plan& plan, const std::string& name) {
  std::vector<std::string> texts;
  for (const Cell& cell : plan.cells) {
    if (cell.strategy == name) texts.push_back(transport_text(cell));
  }
  return texts;
}

TEST(Programs, RunOverTheVersionsThatTheySpeak) {
  Selection selection = of({"node_http2", "py_httpx_async", "py_asyncio"});
  selection.workers = {4};
  selection.http = {HttpVersion::http1, HttpVersion::http2};
  selection.connections = {2, 8, kOneForEach};
  selection.externals = {*program_from("mine=./mine")};
  const Plan plan = make_plan(selection, kAmple, {});
  EXPECT_THAT(transports_of(plan, "node_http2"), ElementsAre("own h2 x 2", "own h2 x W"));
  EXPECT_THAT(transports_of(plan, "py_httpx_async"),
              ElementsAre("own", "own h2 x 2", "own h2 x W"));
  EXPECT_THAT(transports_of(plan, "py_asyncio"), ElementsAre("own"));
  EXPECT_THAT(transports_of(plan, "mine"), ElementsAre("own"));
  ASSERT_THAT(plan.skipped, SizeIs(2));
  EXPECT_EQ(plan.skipped[0].why.text,
            "4 requests in flight cannot use 8 connections; use as many or fewer");
}

TEST(Programs, MayLackAPackageForHttp2Alone) {
  const FindProgram without = [](const Program& program) {
    return FoundProgram{program.command, {}, "not installed here: apt install python3-h2"};
  };
  Selection selection = of({"py_httpx_async"});
  selection.workers = {4};
  selection.http = {HttpVersion::http1, HttpVersion::http2};
  const Plan plan = make_plan(selection, kAmple, without);
  EXPECT_THAT(transports_of(plan, "py_httpx_async"), ElementsAre("own"));
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_THAT(plan.skipped[0].why.text, HasSubstr("python3-h2"));
}

// The reason for which a plan of this selection has no cell of py_thread_per_request.
std::string why_skipped(Selection selection) {
  selection.strategies = {"py_thread_per_request", "event_loop"};
  const Plan plan = make_plan(selection, kAmple, {});
  return plan.skipped.size() == 1 ? plan.skipped[0].why.text : "not skipped";
}

TEST(Programs, AreSkippedWhereTheyCannotTakePart) {
  Selection steady = of({});
  steady.mode = Mode::steady;
  EXPECT_THAT(why_skipped(steady), HasSubstr("mode batch only"));
  Selection retries = of({});
  retries.retries = 2;
  EXPECT_THAT(why_skipped(retries), HasSubstr("no retries"));
  Selection many = of({});
  many.requests = 5001;
  EXPECT_THAT(why_skipped(many), HasSubstr("at most 5,000 (-n)"));
  many.requests = 5000;
  EXPECT_EQ(why_skipped(many), "not skipped");
  Selection real = of({});
  real.targets = RealTargets{.urls = 1, .origins = 1, .source = "here"};
  EXPECT_THAT(why_skipped(real), HasSubstr("real targets"));
}

TEST(Programs, AreNoReferencesAndCountTheirConnections) {
  Plan plan = make_plan(of({"thread_pool", "py_asyncio_unlimited"}), kAmple, {});
  plan.rounds = 10;
  add_references(plan);
  ASSERT_THAT(plan.references, Not(IsEmpty()));
  for (const Reference& reference : plan.references) {
    EXPECT_FALSE(is_external(reference.cell));
    EXPECT_LE(reference.cell.workers, 20U);
  }
  const Scenario& scenario = plan.scenarios.front();
  EXPECT_EQ(expected_connections({"py_thread_pool", "own", "own", "local-500", 5}, scenario), 500U);
  EXPECT_EQ(expected_connections({"py_session", "own", "own", "local-500", 1}, scenario), 1U);
  EXPECT_EQ(expected_connections({"mine", "own", "own", "local-500", 5}, scenario), 5U);
}

TEST(Originals, SetACellBesideTheProgramThatImitatesIt) {
  Report report = unit_test::bare_report();
  unit_test::add_cell(report, "thread_pool", 4, {10, 10});
  unit_test::add_cell(report, "thread_pool", 8, {10, 10});
  unit_test::add_cell(report, "py_thread_pool", 4, {20, 20});
  unit_test::add_cell(report, "py_session", 1, {20, 20});
  for (CellReport& cell : report.cells) {
    const bool program = cell.cell.strategy.starts_with("py_");
    if (program) cell.cell.transport = cell.cell.stack = kOwnStack;
    for (auto& run : cell.runs) run.cpu_ns = program ? 9'000'000 : 1'000'000;
    cell.summary = summarize(cell.runs);
  }
  report.plan.programs = {{"py_thread_pool", {"py"}, "thread_pool"},
                          {"py_session", {"py"}, "session_reuse"}};
  const Table table = originals_table(originals(report, report.plan.scenarios[0]));
  ASSERT_THAT(table.rows, SizeIs(1));
  EXPECT_THAT(table.rows[0], ElementsAre("py_thread_pool", "4", "20.0 ms", testing::_,
                                         "thread_pool", "curl", "10.0 ms", testing::_, "9.0x"));
}

}  // namespace
}  // namespace fanout
