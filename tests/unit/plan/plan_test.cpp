// What a selection becomes: cells, skipped ones with the reason, and refusals.
#include "harness/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/plan/capacity.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/prediction.h"
#include "harness/plan/selection.h"
#include "strategies/registry.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using unit_test::kAmple;
using unit_test::TempFolder;
using unit_test::usage_error;

std::string refusal(const Selection& selection, const MachineLimits& limits = kAmple) {
  return usage_error([&] { make_plan(selection, limits, {}); });
}

using Pairs = std::set<std::pair<std::string, std::string>>;

Pairs pairs_of(const Plan& plan) {
  Pairs pairs;
  for (const Cell& cell : plan.cells) pairs.emplace(cell.strategy, cell.transport);
  return pairs;
}

TEST(MakePlan, PairsEveryStrategyWithLibcurlAndTheFirstEventLoopWithBeastToo) {
  std::set<std::pair<std::string, std::string>> expected{{"event_loop", "beast_async"}};
  for (const Strategy* strategy : strategies()) {
    if (strategy->takes_part != TakesPart::always) continue;
    expected.emplace(strategy->name, drives_loop(*strategy) ? "curl_asio" : "curl_easy");
  }
  const Plan plan = make_plan({}, kAmple, {});
  EXPECT_EQ(pairs_of(plan), expected);
  EXPECT_THAT(plan.cells, SizeIs(expected.size()));
  EXPECT_THAT(plan.skipped, IsEmpty());
}

TEST(MakePlan, HoldsTheStackOfEachCell) {
  for (const Cell& cell : make_plan({}, kAmple, {}).cells) {
    EXPECT_EQ(cell.stack, cell.transport == "beast_async" ? "beast" : "libcurl");
    EXPECT_EQ(cell.scenario, "api-fanout");
  }
}

TEST(MakePlan, SkipsImpossiblePairsWithTheReason) {
  const Plan plan = make_plan(
      {.strategies = {"thread_pool", "event_loop"}, .transports = {"curl_easy", "beast_async"}},
      kAmple, {});
  EXPECT_EQ(pairs_of(plan), (std::set<std::pair<std::string, std::string>>{
                                {"thread_pool", "curl_easy"}, {"event_loop", "beast_async"}}));
  ASSERT_THAT(plan.skipped, SizeIs(2));
  EXPECT_EQ(plan.skipped[0].cell.strategy, "thread_pool");
  EXPECT_EQ(plan.skipped[0].why.text,
            "thread_pool blocks a worker per request; beast_async is an event loop");
  EXPECT_EQ(plan.skipped[1].cell.strategy, "event_loop");
  EXPECT_EQ(plan.skipped[1].why.text,
            "event_loop needs an event loop; curl_easy blocks until the answer");
}

TEST(MakePlan, RefusesWhenNothingIsLeftAndSaysWhy) {
  EXPECT_THAT(refusal({.strategies = {"event_loop"}, .transports = {"curl_easy"}}),
              AllOf(HasSubstr("nothing to run"), HasSubstr("blocks until the answer")));
}

TEST(MakePlan, EntersAStrategyOnceThatNeedsOneNumberOfWorkers) {
  const Plan plan =
      make_plan({.strategies = {"all"}, .transports = {"null"}, .workers = {2, 5, 10}}, kAmple, {});
  for (const Strategy* strategy : strategies()) {
    std::vector<unsigned> workers;
    for (const Cell& cell : plan.cells) {
      if (cell.strategy == strategy->name) workers.push_back(cell.workers);
    }
    std::vector<unsigned> expected{2, 5, 10};
    if (strategy->concurrency == Concurrency::one) expected = {1};
    if (strategy->concurrency == Concurrency::adaptive) expected = {10};  // finds its own below
    EXPECT_EQ(workers, expected) << strategy->name;
  }
}

TEST(MakePlan, RefusesWhatIsNamedTwice) {
  EXPECT_THAT(refusal({.strategies = {"sequential", "sequential"}}),
              HasSubstr("strategy \"sequential\" is named twice"));
  EXPECT_THAT(refusal({.transports = {"null", "null"}}),
              HasSubstr("transport \"null\" is named twice"));
  EXPECT_THAT(refusal({.scenarios = {"zero", "zero"}}), HasSubstr("zero"));
}

TEST(MakePlan, RefusesTwoScenariosOfOneName) {
  // A cell names its scenario, so the second could never be told from the first.
  const TempFolder folder;
  const std::string file = folder.file("mine.json", R"({"name": "zero", "requests": 3})");
  EXPECT_THAT(refusal({.scenarios = {"zero", file}}), HasSubstr("zero"));
}

TEST(MakePlan, RefusesUnknownNames) {
  EXPECT_THAT(refusal({.strategies = {"thread_pol"}}), HasSubstr("did you mean thread_pool?"));
  EXPECT_THAT(refusal({.transports = {"curl-easy"}}), HasSubstr("did you mean curl_easy?"));
  EXPECT_THAT(refusal({.scenarios = {"zerro"}}), HasSubstr("did you mean zero?"));
}

TEST(MakePlan, SaysHowManyDescriptorsAreRequiredAndAvailable) {
  // One client with 50 connections to one host, and 64 to spare; with 100 there is room for 36.
  const Selection loop{
      .strategies = {"event_loop"}, .transports = {"beast_async"}, .workers = {50}};
  EXPECT_THAT(refusal(loop, {.file_descriptors = 100, .ports = 28'232}),
              AllOf(HasSubstr("50 workers of event_loop / beast_async need 114 file descriptors"),
                    HasSubstr("100 are available"), HasSubstr("at most 36 --workers")));
  EXPECT_EQ(refusal(loop, {.file_descriptors = 114, .ports = 28'232}), "no error");
}

TEST(MakePlan, CountsTheDescriptorsOfAClientPerWorker) {
  // 50 clients that each hold a connection and the pair libcurl wakes itself with: 50 x 3 + 64.
  const Selection pool{.strategies = {"thread_pool"}, .transports = {"curl_easy"}, .workers = {50}};
  EXPECT_THAT(refusal(pool, {.file_descriptors = 213, .ports = 28'232}),
              HasSubstr("need 214 file descriptors"));
  EXPECT_EQ(refusal(pool, {.file_descriptors = 214, .ports = 28'232}), "no error");
}

TEST(MakePlan, AdvisesNoImpossibleNumberWhenDescriptorsAreVeryFew) {
  EXPECT_THAT(refusal({}, {.file_descriptors = 60, .ports = 28'232}),
              AllOf(HasSubstr("60 are available"), Not(HasSubstr("18446744"))));
}

TEST(MakePlan, SkipsCellsThatNeedMoreDescriptorsAndKeepsTheRest) {
  const Plan plan = make_plan({.strategies = {"sequential", "event_loop"},
                               .transports = {"curl_easy", "beast_async", "null"},
                               .workers = {2, 50}},
                              {.file_descriptors = 100, .ports = 28'232}, {});
  for (const Cell& cell : plan.cells) EXPECT_TRUE(cell.workers <= 2 || cell.stack == "none");
  const auto limited = std::ranges::find_if(
      plan.skipped, [](const Skipped& skipped) { return skipped.why.kind == Skip::fd_limited; });
  ASSERT_NE(limited, plan.skipped.end());
  EXPECT_EQ(limited->cell, (Cell{"event_loop", "beast_async", "beast", "api-fanout", 50}));
}

TEST(MakePlan, SkipsCellsThatNeedMoreConnectionsThanPorts) {
  // `sequential` opens a connection per request: 20,000, from 250 addresses with 0.9 x 20 ports.
  const Plan plan = make_plan({.scenarios = {"zero"}, .strategies = {"sequential", "event_loop"}},
                              {.file_descriptors = 4096, .ports = 20}, {});
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_EQ(plan.skipped[0].cell.strategy, "sequential");
  EXPECT_THAT(plan.skipped[0].why.text,
              AllOf(StartsWith("port_limited: "), HasSubstr("20000"), HasSubstr("4500")));
  EXPECT_FALSE(pairs_of(plan).contains({"sequential", "curl_easy"}));
}

TEST(MakePlan, HasConnectionsComeFromAsManyAddressesAsKeepTheirPortsPlenty) {
  const Scenario scenario{.name = "wide", .requests = 57'000};
  const MachineLimits limits{.file_descriptors = 20'000, .ports = 28'000};
  const Cell narrow{.strategy = "event_loop", .transport = "beast_async", .workers = 7'000};
  EXPECT_EQ(source_addresses(narrow, scenario, limits), 1U);
  Cell wide = narrow;
  wide.workers = 19'000;
  EXPECT_EQ(source_addresses(wide, scenario, limits), 3U);
  Cell program = wide;
  program.strategy = "py_asyncio";
  program.transport = "";
  program.stack = "own";
  EXPECT_EQ(source_addresses(program, scenario, limits), 1U);
}

TEST(MakePlan, SkipsTransportsThatDoNotSpeakTheTlsOfTheScenario) {
  const Plan plan = make_plan({.scenarios = {"two-sites"},
                               .strategies = {"event_loop"},
                               .transports = {"floor", "beast_async"}},
                              kAmple, {});
  EXPECT_EQ(pairs_of(plan), (Pairs{{"event_loop", "beast_async"}}));
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_EQ(plan.skipped[0].cell.transport, "floor");
  EXPECT_EQ(plan.skipped[0].why.text, "speaks no TLS, as this scenario does");
  const Selection real{.strategies = {"event_loop"},
                       .transports = {"floor"},
                       .targets = RealTargets{.urls = 2, .origins = 2, .tls = true}};
  EXPECT_THAT(refusal(real), HasSubstr("speaks no TLS"));
}

TEST(MakePlan, NeedsNoPortsWithoutNetwork) {
  const Plan plan = make_plan({.scenarios = {"zero"}, .transports = {"null"}},
                              {.file_descriptors = 4096, .ports = 10}, {});
  EXPECT_THAT(plan.skipped, IsEmpty());
  EXPECT_THAT(plan.cells, SizeIs(10));  // all that take part without being named
}

TEST(MakePlan, LetsTheUserOverruleTheScenario) {
  const Plan plan = make_plan({.scenarios = {"zero"},
                               .requests = 77,
                               .reuse = false,
                               .method = Method::head,
                               .timeout = std::chrono::seconds(3),
                               .connect_timeout = std::chrono::seconds(2),
                               .engine = EngineKind::httplib},
                              kAmple, {});
  const Scenario& scenario = scenario_of(plan, plan.cells.front());
  EXPECT_EQ(scenario.requests, 77U);
  EXPECT_FALSE(scenario.reuse);
  EXPECT_EQ(scenario.method, Method::head);
  EXPECT_EQ(scenario.timeout, std::chrono::seconds(3));
  EXPECT_EQ(scenario.connect_timeout, std::chrono::seconds(2));
  EXPECT_EQ(scenario.server().engine, EngineKind::httplib);
  EXPECT_THAT(scenario.summary, EndsWith(" (overruled: requests, reuse, method, timeout, "
                                         "connect_timeout, engine)"));
}

TEST(MakePlan, RefusesAPublishedFigureOfAStrategyThereIsNot) {
  const TempFolder folder;
  const std::string file =
      folder.file("mine.json", R"({"name": "mine", "requests": 5, "published": [
          {"name": "theirs", "strategy": "thread_pol", "workers": 4}]})");
  EXPECT_THAT(refusal({.scenarios = {file}}),
              AllOf(HasSubstr("mine: published[0].strategy: "), HasSubstr("thread_pool")));
}

TEST(MakePlan, RefusesAnEngineThatCannotActOutTheScenario) {
  EXPECT_THAT(refusal({.scenarios = {"article-d"}, .engine = EngineKind::httplib}),
              HasSubstr("engine httplib"));
}

TEST(MakePlan, SweepsWhatNamesOneNumberOfWorkers) {
  const auto workers_of = [](const char* scenario) {
    return make_plan({.scenarios = {scenario}, .sweep = true}, kAmple, {}).scenarios.at(0).workers;
  };
  EXPECT_EQ(workers_of("api-fanout"), (std::vector<unsigned>{1, 2, 4, 8, 16, 32, 64}));
  EXPECT_EQ(workers_of("local-500"), (std::vector<unsigned>{1, 5, 10, 20}));
  EXPECT_EQ(workers_of("wide"), (std::vector<unsigned>{625, 1250, 2500, 5000}));
}

TEST(PredictedRun, CountsTheEmulatedRoundTrips) {
  // 100 requests one by one: 54 ms each, and 40 ms more for each connection of 100 or of 2.
  const Plan plan =
      make_plan({.scenarios = {"article-d"}, .strategies = {"sequential"}}, kAmple, {});
  Scenario scenario = plan.scenarios.front();
  const auto sequential = predicted_run(plan.cells.at(0), scenario);
  const auto session =
      predicted_run({"session_reuse", "curl_easy", "libcurl", "article-d", 1}, scenario);
  EXPECT_EQ(sequential - session, std::chrono::milliseconds(98 * 40));
}

TEST(MakePlan, TakesTheRowsAScenarioIsMeantForUnlessOverruled) {
  EXPECT_EQ(pairs_of(make_plan({.scenarios = {"wide"}}, kAmple, {})),
            (Pairs{{"event_loop", "curl_asio"}, {"event_loop", "beast_async"}}));
  EXPECT_EQ(pairs_of(make_plan({.scenarios = {"wide"}, .transports = {"null"}}, kAmple, {})),
            (Pairs{{"event_loop", "null"}}));
}

TEST(ExpectedConnections, IsOnePerRequestWithoutReuseAndOnePerWorkerAndHostWithIt) {
  Scenario scenario{.name = "mine", .requests = 100};
  scenario.server().hosts.resize(3);
  const Cell pool{.strategy = "thread_pool", .workers = 4};
  const Cell many{.strategy = "thread_pool", .workers = 50};
  const Cell sequential{.strategy = "sequential", .workers = 1};
  EXPECT_EQ(expected_connections(pool, scenario), 12U);  // 4 workers x 3 hosts
  EXPECT_EQ(expected_connections(many, scenario), 100U);
  EXPECT_EQ(expected_connections(sequential, scenario), 100U);
  scenario.reuse = false;
  EXPECT_EQ(expected_connections(pool, scenario), 100U);
}

}  // namespace
}  // namespace fanout
