#include "harness/scenario/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/catalogue/embedded.h"
#include "harness/scenario/scenario_json.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using unit_test::TempFolder;
using unit_test::usage_error;

Scenario scenario_of(const std::string& text) {
  return scenario_from_json(Json::parse(text), "mine.json");
}

// The error a scenario with this key in addition to the required ones ends in.
std::string error_with(const std::string& key, const std::string& value) {
  Json json = Json::parse(R"({"name": "mine", "requests": 10})");
  json[key] = Json::parse(value);
  return usage_error([&] { scenario_from_json(json, "mine.json"); });
}

TEST(BuiltInScenarios, AllLoadUnderTheirFileName) {
  ASSERT_FALSE(builtin_scenarios.empty());
  for (const EmbeddedFile& file : builtin_scenarios) {
    const Scenario scenario = load_scenario(std::string(file.name));
    EXPECT_EQ(scenario.name, file.name);
    EXPECT_FALSE(scenario.summary.empty()) << file.name;
    EXPECT_GE(scenario.requests, 1U) << file.name;
  }
}

TEST(BuiltInScenarios, HoldTheWorkOfArticleB) {
  const Scenario scenario = load_scenario("local-500");
  EXPECT_EQ(scenario.requests, 500U);
  EXPECT_EQ(scenario.workers, (std::vector<unsigned>{1, 5, 10, 20}));
  EXPECT_EQ(scenario.server().hosts.at(0).delay.mean, 17ms);
}

TEST(ScenarioFromJson, NeedsOnlyNameAndRequests) {
  const Scenario scenario = scenario_of(R"({"name": "mine", "requests": 10})");
  EXPECT_EQ(scenario.name, "mine");
  EXPECT_EQ(scenario.requests, 10U);
  EXPECT_EQ(scenario.workers, std::vector<unsigned>{10});
  EXPECT_EQ(scenario.method, Method::get);
  EXPECT_TRUE(scenario.reuse);
  EXPECT_EQ(scenario.server().hosts.size(), 1U);
}

TEST(ScenarioFromJson, ReadsEveryKeyAndSurvivesARoundTrip) {
  const Scenario scenario = scenario_of(R"({
    "name": "mine", "summary": "all keys", "requests": 12, "workers": [1, 4],
    "method": "POST", "request_body_bytes": 64, "reuse": false,
    "connect_timeout": "250ms", "timeout": "2s",
    "server": {"hosts": [{"delay": "3ms", "body_bytes": 9}]},
    "strategies": ["sequential"], "transports": ["null"]})");
  EXPECT_EQ(scenario.workers, (std::vector<unsigned>{1, 4}));
  EXPECT_EQ(scenario.method, Method::post);
  EXPECT_EQ(scenario.request_body_bytes, 64U);
  EXPECT_FALSE(scenario.reuse);
  EXPECT_EQ(scenario.connect_timeout, 250ms);
  EXPECT_EQ(scenario.timeout, 2s);
  EXPECT_EQ(scenario.server().hosts.at(0).delay.mean, 3ms);
  EXPECT_EQ(scenario.server().hosts.at(0).body_bytes, 9U);
  EXPECT_EQ(scenario.strategies, std::vector<std::string>{"sequential"});
  EXPECT_EQ(scenario.transports, std::vector<std::string>{"null"});
  const Json again = to_json(scenario);
  EXPECT_EQ(to_json(scenario_from_json(again, "again")), again);
}

TEST(ScenarioFromJson, KeepsNothingOfARecording) {
  const Scenario scenario = scenario_from_json(
      Json::parse(R"({"name": "a", "requests": 1, "recorded": {"at": "then"}})"), "it");
  EXPECT_FALSE(to_json(scenario).contains("recorded"));
}

TEST(ScenarioError, NamesTheKeyMeant) {
  EXPECT_EQ(error_with("request", "10"),
            "mine.json: unknown key \"request\"; did you mean \"requests\"?");
  EXPECT_THAT(
      error_with("colour", R"("red")"),
      AllOf(
          StartsWith("mine.json: unknown key \"colour\"; known: "),
          HasSubstr("connect_timeout, connections, deadline, headers, hedge, http, keep, max_idle, "
                    "max_rate, method")));
}

TEST(ScenarioError, NamesFileKeyExpectedAndFound) {
  EXPECT_EQ(error_with("requests", R"("many")"),
            "mine.json: requests: expected a whole number from 1 to 4000000000, found \"many\"");
  EXPECT_EQ(error_with("requests", "0"),
            "mine.json: requests: expected a whole number from 1 to 4000000000, found 0");
  EXPECT_EQ(error_with("requests", "-3"),
            "mine.json: requests: expected a whole number from 1 to 4000000000, found -3");
  EXPECT_EQ(error_with("requests", "1.5"),
            "mine.json: requests: expected a whole number from 1 to 4000000000, found 1.5");
  EXPECT_EQ(error_with("name", "7"), "mine.json: name: expected a text, found 7");
  EXPECT_EQ(error_with("reuse", R"("yes")"),
            "mine.json: reuse: expected true or false, found \"yes\"");
  EXPECT_EQ(error_with("method", R"("put")"),
            "mine.json: method: expected an HTTP method in upper case, such as GET, PUT, DELETE or "
            "PROPFIND, found \"put\"");
  EXPECT_EQ(error_with("workers", "[]"),
            "mine.json: workers: expected at least one number of workers, found []");
  EXPECT_EQ(error_with("workers", "[1, 0]"),
            "mine.json: workers: expected a whole number from 1 to 100000, found 0");
  EXPECT_EQ(error_with("timeout", "5"),
            "mine.json: timeout: expected a duration with a unit, such as \"17ms\", found 5");
  EXPECT_EQ(error_with("timeout", R"("1us")"), "mine.json: timeout: expected at least 1ms");
  EXPECT_EQ(error_with("strategies", R"(["sequential", 2])"),
            "mine.json: strategies[1]: expected a text, found 2");
  EXPECT_THAT(error_with("server", R"({"hosts": [{"delay": 17}]})"),
              StartsWith("mine.json: server.hosts[0].delay: expected "));
}

TEST(ScenarioError, RefusesNamesThatAreNotFitForTablesAndFiles) {
  for (const char* name : {R"("")", R"("a b")", R"("a/b")", R"(".a")", R"("a|b")", R"("a\nb")"}) {
    EXPECT_THAT(error_with("name", name), StartsWith("mine.json: name: expected ")) << name;
  }
}

TEST(ScenarioError, RefusesAnAddressOrPortOfItsOwn) {
  EXPECT_THAT(error_with("server", R"({"port": 8080})"), HasSubstr("for fanout serve"));
  EXPECT_THAT(error_with("server", R"({"bind": "127.0.0.9"})"), HasSubstr("for fanout serve"));
}

TEST(ScenarioError, NamesTheKeyThatIsMissing) {
  EXPECT_EQ(usage_error([] { scenario_of(R"({"requests": 10})"); }),
            "mine.json: no \"name\"; every scenario has one");
  EXPECT_EQ(usage_error([] { scenario_of(R"({"name": "mine"})"); }),
            "mine.json: no \"requests\"; every scenario has one");
}

TEST(ScenarioError, RefusesWhatIsNotAnObject) {
  EXPECT_EQ(usage_error([] { scenario_of("[]"); }), "mine.json: expected a JSON object, found []");
}

TEST(LoadScenario, ReadsAFile) {
  const TempFolder folder;
  const std::string file = folder.file("mine.json", R"({"name": "mine", "requests": 3})");
  EXPECT_EQ(load_scenario(file).requests, 3U);
}

TEST(LoadScenario, NamesTheByteWhereAFileIsNotJson) {
  const TempFolder folder;
  // The value is missing: the closing brace is the 10th byte.
  const std::string file = folder.file("bad.json", R"({"name": })");
  EXPECT_THAT(usage_error([&] { load_scenario(file); }),
              StartsWith(file + ": not JSON at byte 10; "));
  const std::string empty = folder.file("empty.json", "");
  EXPECT_THAT(usage_error([&] { load_scenario(empty); }),
              StartsWith(empty + ": not JSON at byte 1; "));
}

TEST(LoadScenario, NamesAFileThatCannotBeRead) {
  const TempFolder folder;
  for (const std::string& file : {folder.path("absent.json"), folder.path("")}) {
    EXPECT_THAT(usage_error([&] { load_scenario(file); }), StartsWith(file + ": cannot be read"));
  }
}

TEST(LoadScenario, SuggestsTheBuiltInNameMeant) {
  EXPECT_THAT(usage_error([] { load_scenario("api-fan-out"); }),
              StartsWith("unknown scenario \"api-fan-out\"; did you mean api-fanout? known: "));
}

TEST(SameTask, IsWhatClientsHaveToDoWhateverTheirPolicies) {
  const Scenario base = load_scenario("slow-tail");
  const auto differs = [&](auto change) {
    Scenario other = base;
    change(other);
    return !is_same_task(base, other);
  };
  EXPECT_FALSE(differs([](Scenario& s) { s.workers = {3}; }));
  EXPECT_FALSE(differs([](Scenario& s) { s.max_rate = 10; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.work.cpu = std::chrono::milliseconds(1); }));
  EXPECT_TRUE(differs([](Scenario& s) { s.method = Method::post; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.server().hosts[0].body_bytes = 7; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.requests = 7; }));
  EXPECT_TRUE(differs([](Scenario& s) { s.deadline = std::chrono::seconds(1); }));
  Scenario steady = base;
  steady.mode = Mode::steady;
  Scenario longer = steady;
  longer.requests = 70'000;
  EXPECT_TRUE(is_same_task(steady, longer));
}

}  // namespace
}  // namespace fanout
