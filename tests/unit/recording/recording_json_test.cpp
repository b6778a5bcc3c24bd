// The scenario file that a recording becomes.
#include "harness/recording/recording_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Recording small_recording() {
  HostFit host{.name = "https://api.example.org"};
  host.seen.usable = 30;
  host.seen.requests = 31;
  host.seen.statuses = {{200, 30}, {500, 1}};
  host.seen.rate_limit_fields = {"RateLimit: limit=7"};
  host.behaviour.delay = {.kind = Delay::Kind::list, .values = {1ms, 2ms}};
  host.behaviour.body_bytes = 9;
  host.behaviour.body_sizes = {5, 9};
  host.behaviour.tls = Tls::on;
  host.behaviour.handshake_trips = 3;
  return {.name = "my-api",
          .recorded_by = "fanout 1",
          .recorded_at = "2026-01-02T03:04:05Z",
          .hosts = {host},
          .requests = 200};
}

TEST(ScenarioText, IsAScenarioThatBehavesAlike) {
  const std::string text = scenario_text(small_recording(), Mode::batch);
  const Scenario scenario = scenario_from_json(nlohmann::json::parse(text), "it");
  EXPECT_EQ(scenario.name, "my-api");
  EXPECT_EQ(scenario.summary, "recorded from https://api.example.org on 2026-01-02: 30 samples");
  const HostBehaviour& host = scenario.server().hosts.at(0);
  EXPECT_EQ(host.delay.values, (std::vector<std::chrono::nanoseconds>{1ms, 2ms}));
  EXPECT_EQ(host.body_sizes, (std::vector<std::uint64_t>{5, 9}));
  EXPECT_EQ(host.tls, Tls::on);
  EXPECT_EQ(host.handshake_trips, 3U);
}

TEST(ScenarioText, SaysWhereItComesFromAndNoValueOfAField) {
  const std::string text = scenario_text(small_recording(), Mode::batch);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["recorded"]["hosts"][0]["statuses"]["500"], 1);
  EXPECT_EQ(json["recorded"]["hosts"][0]["rate_limit_fields"][0], "RateLimit");
  EXPECT_THAT(text, Not(HasSubstr("limit=7")));
  const Scenario scenario = scenario_from_json(json, "it");
  EXPECT_FALSE(to_json(scenario).contains("recorded"));
}

TEST(ScenarioText, OfALogIsAlsoOneAtItsRate) {
  Recording recording = small_recording();
  recording.method = Method::head;
  recording.arrivals = ArrivalsSeen{.requests = 500, .span = 10s, .rate = 50, .dispersion = 1.1};
  const auto scenario = [&] {
    return scenario_from_json(nlohmann::json::parse(scenario_text(recording, Mode::open)), "it");
  };
  EXPECT_EQ(scenario().mode, Mode::open);
  EXPECT_EQ(scenario().rate, 50);
  EXPECT_EQ(scenario().requests, 1000U);
  EXPECT_EQ(scenario().arrivals, Arrivals::poisson);
  EXPECT_EQ(scenario().method, Method::head);
  recording.arrivals->dispersion = 0.1;
  EXPECT_EQ(scenario().arrivals, Arrivals::constant);
  EXPECT_EQ(open_file_of("a/my.json"), "a/my-open.json");
}

TEST(ScenarioText, OfAPageAsksItsHostsInItsOrder) {
  Recording recording = small_recording();
  recording.hosts.push_back(recording.hosts.front());
  recording.requests = 3;
  recording.workers = 2;
  recording.order = {0, 1, 1};
  const Scenario scenario =
      scenario_from_json(nlohmann::json::parse(scenario_text(recording, Mode::batch)), "it");
  EXPECT_EQ(&host_of(scenario, 5), &scenario.server().hosts[1]);
  EXPECT_EQ(&host_of(scenario, 3), &scenario.server().hosts[0]);
  EXPECT_DOUBLE_EQ(share_of_host(scenario, 1), 2 / 3.0);
  EXPECT_EQ(scenario.workers, (std::vector<unsigned>{2}));
  recording.order = {0, 2};
  EXPECT_THROW((void)scenario_text(recording, Mode::batch), UsageError);
}

TEST(ScenarioName, IsWhatOfTheFileNameMayBeOne) {
  EXPECT_EQ(scenario_name("my-api.json"), "my-api");
  EXPECT_EQ(scenario_name("/some/where/my api!.json"), "my-api-");
  EXPECT_EQ(scenario_name(".hidden.json"), "hidden");
  EXPECT_EQ(scenario_name(std::string(100, 'x') + ".json"), std::string(60, 'x'));
}

}  // namespace
}  // namespace fanout
