// A run against real targets, from the plan to what is printed: what is not known is said so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/analysis/sweep.h"
#include "harness/cell/cell_task.h"
#include "harness/commands/cli.h"
#include "harness/document/report_json.h"
#include "harness/judge/execution.h"
#include "harness/judge/judge.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/plan.h"
#include "harness/plan/prediction.h"
#include "harness/plan/selection.h"
#include "harness/print/render.h"
#include "harness/scenario/scenario_json.h"
#include "tests/unit/sample_report.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using unit_test::kAmple;
using unit_test::TempFolder;
using unit_test::usage_error;
using Json = nlohmann::json;

Selection real(std::uint64_t urls, std::uint64_t origins) {
  Selection selection;
  selection.targets = RealTargets{.urls = urls, .origins = origins, .source = "list.txt"};
  return selection;
}

TEST(RealTargets, AreAScenarioOfTheirOwn) {
  const Plan plan = make_plan(real(1, 1), kAmple, {});
  ASSERT_THAT(plan.scenarios, SizeIs(1));
  const Scenario& scenario = plan.scenarios[0];
  EXPECT_EQ(scenario.summary, "1 URL of 1 host from list.txt");
  EXPECT_EQ(scenario.requests, 1U);
  EXPECT_THAT(scenario.workers, ElementsAre(10));
  EXPECT_FALSE(plan.cells.empty());
}

TEST(RealTargets, TakeTheFlagsOfAScenario) {
  Selection selection = real(3, 2);
  selection.requests = 20;
  selection.workers = {4};
  selection.headers = {"X-A: b"};
  selection.reuse = false;
  const Plan plan = make_plan(selection, kAmple, {});
  const Scenario& scenario = plan.scenarios[0];
  EXPECT_EQ(scenario.summary, "3 URLs of 2 hosts from list.txt");
  EXPECT_EQ(scenario.requests, 20U);
  EXPECT_EQ(scenario.real_targets()->urls, 3U);
  EXPECT_THAT(scenario.headers, ElementsAre("X-A: b"));
  EXPECT_FALSE(scenario.reuse);
  selection.headers = {"Upgrade: x"};
  EXPECT_THAT(usage_error([&] { make_plan(selection, kAmple, {}); }), HasSubstr("Upgrade"));
}

// 10 workers: 10 connections in use and 20 idle ones, to whichever of the hosts.
TEST(RealTargets, NeedDescriptorsForTheConnectionsThatAreHeld) {
  Selection selection = real(1000, 50);
  selection.strategies = {"event_loop"};
  selection.transports = {"beast_async"};
  const auto refusal = [&](std::uint64_t descriptors) {
    return usage_error(
        [&] { make_plan(selection, {.file_descriptors = descriptors, .ports = 9999}, {}); });
  };
  const Plan plan = make_plan(selection, kAmple, {});
  EXPECT_EQ(held_connections(plan.cells[0], plan.scenarios[0]), 30U);
  EXPECT_EQ(expected_connections(plan.cells[0], plan.scenarios[0]), 1000U);
  EXPECT_EQ(refusal(94), "no error");
  EXPECT_THAT(refusal(93), AllOf(HasSubstr("need 94"), HasSubstr("at most 9 --workers")));
  selection.max_idle = 15;
  EXPECT_EQ(refusal(89), "no error");
  EXPECT_THAT(refusal(88), HasSubstr("need 89"));
  selection.reuse = false;
  EXPECT_EQ(refusal(74), "no error");
  EXPECT_THAT(refusal(73), HasSubstr("need 74"));
}

TEST(RealTargets, MayTakeAsLongAsAllTheirTimeoutsBeforeTheyAreTakenForHung) {
  Selection selection = real(1000, 1);
  selection.strategies = {"event_loop"};
  selection.timeout = std::chrono::seconds(20);
  Plan plan = make_plan(selection, kAmple, {});
  EXPECT_EQ(run_limit(plan, plan.cells[0]), std::chrono::seconds(15 + 100 * 20));  // 10 workers
  plan.scenarios[0].retry = {.retries = 2, .cap = std::chrono::seconds(3)};
  EXPECT_EQ(run_limit(plan, plan.cells[0]), std::chrono::seconds(15 + 100 * (3 * 20 + 2 * 60)));
  plan.scenarios[0].timeout = std::chrono::hours(24 * 365);
  EXPECT_EQ(run_limit(plan, plan.cells[0]), std::chrono::hours(24 * 30) + std::chrono::seconds(15));
}

TEST(RealTargets, SurviveARoundTripThroughJson) {
  Scenario scenario = make_plan(real(3, 2), kAmple, {}).scenarios[0];
  scenario.answered_by = RealTargets{.urls = 3, .origins = 2, .skipped = 4, .source = "list.txt"};
  Json json = to_json(scenario);
  EXPECT_TRUE(json.at("server").is_null());
  EXPECT_EQ(json.at("proof"), "status and length");
  const Scenario read = scenario_from_json(json, "here");
  EXPECT_EQ(to_json(read), json);
  EXPECT_EQ(hosts_of(read), 2U);
  EXPECT_EQ(read.real_targets()->skipped, 4U);
  json["targets"].erase("skipped_lines");  // as earlier versions wrote it
  EXPECT_EQ(scenario_from_json(json, "here").real_targets()->skipped, 0U);
  scenario.answered_by = ServerConfig{};
  EXPECT_EQ(to_json(scenario).at("proof"), "token");
  EXPECT_EQ(hosts_of(scenario), 1U);
}

TEST(RealTargets, AreNotForScenarioFiles) {
  const TempFolder folder;
  const Json json{{"name", "mine"},
                  {"requests", 1},
                  {"targets", {{"urls", 1}, {"origins", 1}, {"source", "me"}}}};
  const std::string file = folder.file("mine.json", json.dump());
  EXPECT_THAT(usage_error([&] { (void)load_scenario(file); }),
              AllOf(HasSubstr("mine.json: targets"), HasSubstr("--urls")));
}

TEST(CellTask, KeepsTheNamesAndHeadersOfTargets) {
  CellTask spec{.urls_fd = 7};
  spec.client.targets = {
      {.addresses = {"127.0.0.1"}, .port = 80, .tls = true, .name = "a.example"}};
  spec.client.headers = {"X-A: b", "X-Latin1: \xe4"};
  spec.client.method = Method("PROPFIND");
  spec.client.body = std::string("\xff\0", 2);
  const CellTask read = cell_task_from_text(to_text(spec));
  EXPECT_EQ(read.urls_fd, 7);
  EXPECT_EQ(read.client.targets.at(0).name, "a.example");
  EXPECT_TRUE(read.client.targets.at(0).tls);
  EXPECT_THAT(read.client.headers, ElementsAre("X-A: b", "X-Latin1: \xe4"));
  EXPECT_EQ(read.client.method, Method("PROPFIND"));
  EXPECT_EQ(read.client.body, std::string("\xff\0", 2));
}

// 3 requests of 10 ms, one after the other.
class JudgeReal : public testing::Test {
 protected:
  JudgeReal() {
    scenario.requests = 3;
    scenario.answered_by = RealTargets{.urls = 3, .origins = 1, .source = "--url"};
    execution.served = false;
    execution.header.ready_ns = kReady;
    execution.header.ready_calls = execution.header.finished = 1;
    execution.header.cpu_at_end_ns = 5 * kMs;
    execution.exit = Exit{};
    for (int i = 0; i < 3; ++i) samples.push_back(sample(i, Outcome::ok));
  }
  static Sample sample(int i, Outcome outcome) {
    return {.start_ns = kReady + 10 * i * kMs,
            .end_ns = kReady + (10 * i + 10) * kMs,
            .outcome = outcome,
            .starts = 1,
            .finishes = 1,
            .attempts = 1};
  }
  fanout::Run judged() {
    execution.samples = samples;
    return judge(execution, {.strategy = "sequential", .stack = "libcurl", .workers = 1}, scenario);
  }

  static constexpr std::int64_t kMs = 1'000'000;
  static constexpr std::int64_t kReady = 1000 * kMs;
  Scenario scenario;
  Execution execution;
  std::vector<Sample> samples;
};

TEST_F(JudgeReal, FailuresAreResults) {
  samples[1].outcome = Outcome::bad_status;
  samples[2].outcome = Outcome::refused;
  const auto run = judged();
  EXPECT_THAT(run.reasons, IsEmpty());
  EXPECT_TRUE(run.valid);
  EXPECT_EQ(run.requests.ok, 1U);
  EXPECT_EQ(run.requests.failed, 2U);
  EXPECT_EQ(run.errors.at("bad_status"), 1U);
  EXPECT_EQ(run.errors.at("refused"), 1U);
}

TEST_F(JudgeReal, ButNotIfNothingSucceeded) {
  for (Sample& one : samples) one.outcome = Outcome::timeout;
  EXPECT_THAT(judged().reasons, ElementsAre("3 requests failed, none succeeded: 3 timeout"));
  EXPECT_FALSE(judged().valid);
}

TEST_F(JudgeReal, EveryRequestNeedsItsOutcome) {
  samples[2] = {};
  EXPECT_THAT(judged().reasons, ElementsAre("1 of 3 requests have no outcome"));
}

TEST_F(JudgeReal, NoBoundIsKnownButTheClientsLimitIs) {
  auto run = judged();
  EXPECT_EQ(run.bound_ns, 0);
  EXPECT_EQ(run.efficiency, std::nullopt);
  EXPECT_FALSE(run.server.has_value());
  EXPECT_EQ(run.limited_by, Limit::none);
  execution.header.cpu_at_end_ns = 29 * kMs;
  EXPECT_EQ(judged().limited_by, Limit::client);
}

// Runs of one strategy with 1 and 2 workers.
Report real_report() {
  Report report = unit_test::bare_report();
  report.plan.scenarios[0].answered_by =
      RealTargets{.urls = 200, .origins = 1, .source = "list.txt"};
  unit_test::add_cell(report, "thread_pool", 1, {400});
  unit_test::add_cell(report, "thread_pool", 2, {200});
  for (CellReport& cell : report.cells) {
    for (auto& run : cell.runs) {
      run.server.reset();
      run.efficiency.reset();
      run.requests = {.total = 200, .ok = 190, .failed = 10, .attempts = 200};
      run.errors = {{"bad_status", 10}};
    }
    cell.summary = summarize(cell.runs);
  }
  return report;
}

TEST(RealReport, SaysWhatIsNotKnown) {
  const Report report = real_report();
  for (const CellReport& cell : report.cells) {
    EXPECT_EQ(cell.summary.efficiency, std::nullopt);
    EXPECT_EQ(cell.summary.connections, std::nullopt);
    EXPECT_EQ(cell.summary.peak_in_flight, std::nullopt);
  }
  ASSERT_THAT(sweeps_of(report, report.plan.scenarios[0]), SizeIs(1));
  EXPECT_EQ(sweeps_of(report, report.plan.scenarios[0])[0].model_knee_workers, std::nullopt);
  const Json json = unit_test::document(report);
  EXPECT_TRUE(json.at("cells")[0].at("summary").at("connections").is_null());
  EXPECT_TRUE(json.at("cells")[0].at("runs")[0].at("server").is_null());
  EXPECT_EQ(unit_test::document(report_from_json(json, "here")), json);
}

TEST(RealReport, SaysItToPeopleToo) {
  const std::string text = unit_test::rendered(real_report(), Format::table);
  EXPECT_THAT(text, HasSubstr("real targets, proof: status and length"));
  EXPECT_THAT(text, HasSubstr("bad_status"));
  EXPECT_THAT(text, HasSubstr("That is all the proof there is of real targets"));
  EXPECT_THAT(text, Not(HasSubstr("proven")));
  EXPECT_THAT(text, Not(HasSubstr("server engine")));
  EXPECT_THAT(text, Not(HasSubstr("\nefficiency\n")));
  for (const Format format : {Format::csv, Format::gbench, Format::markdown}) {
    EXPECT_THAT(unit_test::rendered(real_report(), format), HasSubstr("thread_pool"));
  }
}

Options parsed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"fanout", "run"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return parse_command_line(static_cast<int>(arguments.size()), argv.data()).value();
}

TEST(RealFlags, EachTakesOneValueAndMayBeRepeated) {
  const Options options = parsed({"--url", "http://a/", "--url=http://b/", "--urls", "-", "-H",
                                  "A: b", "--header", "C: d", "--i-may-load-this-target"});
  EXPECT_THAT(options.urls.urls, ElementsAre("http://a/", "http://b/"));
  EXPECT_EQ(options.urls.file, "-");
  EXPECT_THAT(options.selection.headers, ElementsAre("A: b", "C: d"));
  EXPECT_TRUE(options.may_load);
  EXPECT_TRUE(parsed({}).urls.empty());
  EXPECT_FALSE(parsed({}).may_load);
}

TEST(RealFlags, ExcludeScenarios) {
  for (const char* flag : {"--scenario=zero", "--engine=asio"}) {
    EXPECT_THAT(usage_error([&] {
                  parsed({"--url", "http://a/", flag});
                }),
                AllOf(HasSubstr("--url"), HasSubstr("exclude each other")));
    EXPECT_THAT(usage_error([&] { parsed({"--urls", "a", flag}); }), HasSubstr("--urls"));
  }
  EXPECT_THAT(usage_error([] {
                parsed({"--url", "http://a/", "http://b/"});
              }),
              HasSubstr("http://b/"));
}

}  // namespace
}  // namespace fanout
