// The scenario file that a recording becomes.
#include "harness/recording/recording_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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
          .source = "requests",
          .hosts = {host}};
}

TEST(ScenarioText, IsAScenarioThatBehavesAlike) {
  const std::string text = scenario_text(small_recording());
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
  const std::string text = scenario_text(small_recording());
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["recorded"]["hosts"][0]["statuses"]["500"], 1);
  EXPECT_EQ(json["recorded"]["hosts"][0]["rate_limit_fields"][0], "RateLimit");
  EXPECT_THAT(text, Not(HasSubstr("limit=7")));
  const Scenario scenario = scenario_from_json(json, "it");
  EXPECT_FALSE(to_json(scenario).contains("recorded"));
}

TEST(ScenarioName, IsWhatOfTheFileNameMayBeOne) {
  EXPECT_EQ(scenario_name("my-api.json"), "my-api");
  EXPECT_EQ(scenario_name("/some/where/my api!.json"), "my-api-");
  EXPECT_EQ(scenario_name(".hidden.json"), "hidden");
  EXPECT_EQ(scenario_name(std::string(100, 'x') + ".json"), std::string(60, 'x'));
}

}  // namespace
}  // namespace fanout
