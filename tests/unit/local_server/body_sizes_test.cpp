// Bodies of several sizes: how they are drawn and written down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "local_server/behaviour.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using testing::HasSubstr;

std::string refusal_of_sizes(const std::string& sizes) {
  try {
    server_config_from_json(Json::parse(R"({"hosts":[{"body_bytes":)" + sizes + "}]}"));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(DrawBody, DrawsEachSizeAsOftenAndIndependentlyOfTheDelay) {
  constexpr std::uint64_t kTokens = 100'000;
  const HostBehaviour host{.delay = {.kind = Delay::Kind::list, .values = {1ms, 3ms}},
                           .body_bytes = 900,
                           .body_sizes = {900, 10, 10}};
  std::map<std::uint64_t, double> seen;
  std::map<std::uint64_t, double> delays;
  for (std::uint64_t i = 0; i < kTokens; ++i) {
    const std::uint64_t token = make_token(5, i);
    const std::uint64_t size = draw_body(host, token);
    EXPECT_EQ(size, draw_body(host, token));
    seen[size] += 1;
    delays[size] += static_cast<double>(draw(host.delay, token).count());
  }
  EXPECT_NEAR(seen[10], kTokens * 2 / 3.0, 0.01 * kTokens);
  EXPECT_NEAR(seen[900], kTokens / 3.0, 0.01 * kTokens);
  EXPECT_NEAR(delays[10] / seen[10] / (delays[900] / seen[900]), 1, 0.05);
  EXPECT_EQ(draw_body({.body_bytes = 7}, 1), 7U);
}

TEST(ServerConfigJson, TakesAListOfBodySizes) {
  const auto config = server_config_from_json(
      Json::parse(R"({"engine":"httplib","hosts":[{"body_bytes":{"list":[5,0,9]}}]})"));
  EXPECT_EQ(config.hosts[0].body_bytes, 9U);
  EXPECT_EQ(config.hosts[0].body_sizes, (std::vector<std::uint64_t>{5, 0, 9}));
  EXPECT_EQ(to_json(config)["hosts"][0]["body_bytes"].dump(), R"({"list":[5,0,9]})");
}

TEST(ServerConfigJson, RefusesListsThatAreNone) {
  EXPECT_THAT(refusal_of_sizes(R"({"list":[]})"),
              HasSubstr("body_bytes.list: expected an array of 1 to"));
  EXPECT_THAT(refusal_of_sizes(R"({"list":[1,-1]})"),
              HasSubstr("body_bytes.list[1]: expected a whole number"));
  EXPECT_THAT(refusal_of_sizes(R"({"lits":[1]})"),
              HasSubstr("body_bytes.lits: unknown key; known: list"));
  EXPECT_THAT(refusal_of_sizes("{}"), HasSubstr("body_bytes.list: missing"));
}

}  // namespace
}  // namespace fanout
