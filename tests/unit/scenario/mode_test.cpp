// Modes as they are asked for: what goes with which, and what flags make of a scenario.
#include "harness/scenario/mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/plan/courtesy.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/plan.h"
#include "harness/plan/prediction.h"
#include "harness/plan/selection.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

const MachineLimits kLimits{.file_descriptors = 100'000, .ports = 28'000};

Selection chosen() { return {.scenarios = {"api-fanout"}, .strategies = {"thread_pool"}}; }

Scenario planned(const Selection& selection) {
  return make_plan(selection, kLimits, {}).scenarios.front();
}

std::string error_of(auto run) {
  try {
    run();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Rate, IsANumberWithAUnitOfThousands) {
  EXPECT_EQ(parse_rate("500"), 500);
  EXPECT_EQ(parse_rate("2.5k"), 2'500);
  EXPECT_EQ(parse_rate("1M"), 1'000'000);
  EXPECT_EQ(parse_rate("0.5"), 0.5);
  for (const char* bad : {"", "k", "0", "-1", "1e3", "1 k", "0.001", "20M", "nan", "inf", "5/s"}) {
    EXPECT_EQ(parse_rate(bad), std::nullopt) << bad;
  }
}

TEST(Mode, IsBatchByDefault) {
  const Scenario scenario = planned(chosen());
  EXPECT_EQ(scenario.mode, Mode::batch);
  EXPECT_EQ(schedule_of(scenario, 1).rate, 0);
}

TEST(Mode, FlagsOverruleTheScenario) {
  Selection selection = chosen();
  selection.mode = Mode::open;
  selection.rate = 500;
  selection.arrivals = Arrivals::poisson;
  const Scenario scenario = planned(selection);
  EXPECT_EQ(work_in_words(scenario), "open: 200 requests, 500/s poisson");
  EXPECT_THAT(scenario.summary, HasSubstr("overruled: mode, rate, arrivals"));
  EXPECT_EQ(schedule_of(scenario, 9).seed, 9);
}

TEST(Mode, SurvivesJson) {
  Selection selection = chosen();
  selection.mode = Mode::open;
  selection.rate = 2.5;
  selection.arrivals = Arrivals::poisson;
  const Scenario scenario = planned(selection);
  const Scenario read = scenario_from_json(to_json(scenario), "it");
  EXPECT_EQ(read.mode, Mode::open);
  EXPECT_EQ(read.rate, 2.5);
  EXPECT_EQ(read.arrivals, Arrivals::poisson);
}

// What an open scenario says of its schedule means nothing in another mode.
TEST(Mode, LeavesOutTheScheduleOfAnotherMode) {
  Selection selection = chosen();
  selection.scenarios = {"freeze"};
  selection.mode = Mode::batch;
  const Scenario scenario = planned(selection);
  EXPECT_EQ(scenario.rate, std::nullopt);
  EXPECT_EQ(scenario.requests, 3'000);
}

TEST(Mode, RefusesWhatDoesNotGoTogether) {
  const auto refused = [](auto change) {
    Selection selection = chosen();
    change(selection);
    return error_of([&] { (void)planned(selection); });
  };
  EXPECT_THAT(refused([](Selection& s) { s.mode = Mode::open; }), HasSubstr("--rate"));
  EXPECT_THAT(refused([](Selection& s) { s.rate = 5; }), HasSubstr("rate: only mode open"));
  EXPECT_THAT(refused([](Selection& s) { s.arrivals = Arrivals::poisson; }),
              HasSubstr("arrivals: only mode open"));
  EXPECT_THAT(refused([](Selection& s) {
                s.mode = Mode::steady;
                s.deadline = 5s;
              }),
              HasSubstr("deadline: mode steady ends by itself"));
}

// 10 workers and about 10 ms: 1,000 requests a second, for six seconds.
TEST(Mode, SteadyHasAsManyRequestsAsItMayNeed) {
  Selection selection = chosen();
  selection.mode = Mode::steady;
  EXPECT_NEAR(static_cast<double>(planned(selection).requests), 6'000, 100);
  selection.requests = 77;
  EXPECT_EQ(planned(selection).requests, 77);
}

// Without delays CPUs are the limit: 6 us of one for each request.
TEST(Mode, SteadyHasMoreRequestsOnMoreCpusUpToALimit) {
  Scenario scenario;
  scenario.workers = {64};
  const auto cpus = std::max(std::thread::hardware_concurrency(), 2U) - 1;
  EXPECT_EQ(steady_requests(scenario), std::min(cpus * 1'000'000U, 2'000'000U));
}

// A new connection for each: what counts is how many are made in time, not how many are listed.
TEST(Mode, SteadySkipsForLackOfPortsOnlyWhatWouldUseThemUp) {
  Selection selection = chosen();
  selection.mode = Mode::steady;
  selection.reuse = false;
  selection.requests = 600'000;
  const MachineLimits few_ports{.file_descriptors = 100'000, .ports = 100};  // of 250 addresses
  EXPECT_EQ(make_plan(selection, few_ports, {}).skipped.size(), 0U);         // 1,000 in a second
  selection.scenarios = {"zero"};
  EXPECT_THAT(error_of([&] { (void)make_plan(selection, few_ports, {}); }),
              AllOf(HasSubstr("port_limited: "), HasSubstr("longer delays")));
}

TEST(Mode, PredictsHowLongRunsTake) {
  Selection selection = chosen();
  selection.mode = Mode::steady;
  Plan plan = make_plan(selection, kLimits, {});
  EXPECT_GE(predicted_run(plan.cells[0], plan.scenarios[0]), 3s);
  EXPECT_LE(predicted_run(plan.cells[0], plan.scenarios[0]), 4s);
  EXPECT_GE(run_limit(plan, plan.cells[0]), 63s);
  selection.mode = Mode::open;
  selection.rate = 10;
  plan = make_plan(selection, kLimits, {});
  EXPECT_GE(predicted_run(plan.cells[0], plan.scenarios[0]), 19'900ms);
  EXPECT_LE(predicted_run(plan.cells[0], plan.scenarios[0]), 21s);
}

// Strangers get few requests at a time, and no stream of them.
TEST(Mode, IsCourteousToStrangers) {
  const std::vector<Target> stranger{{.addresses = {"192.0.2.1"}, .port = 80}};
  const auto refused = [&](auto change) {
    Selection selection = chosen();
    selection.targets = RealTargets{.urls = 10, .origins = 1, .source = "a file"};
    selection.workers = {5};
    change(selection);
    Plan plan = make_plan(selection, kLimits, {});
    plan.rounds = 1;
    return error_of([&] { check_courtesy(plan, stranger); });
  };
  EXPECT_EQ(refused([](Selection&) {}), "no error");
  EXPECT_EQ(refused([](Selection& s) { s.mode = Mode::open, s.rate = 10; }), "no error");
  EXPECT_THAT(refused([](Selection& s) { s.mode = Mode::open, s.rate = 10.5; }),
              AllOf(HasSubstr("192.0.2.1"), HasSubstr("--rate")));
  EXPECT_THAT(refused([](Selection& s) { s.mode = Mode::steady; }),
              AllOf(HasSubstr("192.0.2.1"), HasSubstr("steady")));
}

}  // namespace
}  // namespace fanout
