#include "local_server/behaviour.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using testing::HasSubstr;

constexpr std::uint64_t kDraws = 100'000;

double mean_ns(const Delay& delay) {
  double sum = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    sum += static_cast<double>(draw(delay, make_token(7, i)).count());
  }
  return sum / static_cast<double>(kDraws);
}

std::string error_of(const std::string& text) {
  try {
    server_config_from_json(Json::parse(text));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Draw, FixedIsTheMean) {
  EXPECT_EQ(draw({.mean = 17ms}, 1), 17ms);
  EXPECT_EQ(draw({}, 1), 0ns);
}

TEST(Draw, DependsOnTheTokenAlone) {
  const Delay delay{.kind = Delay::Kind::lognormal, .mean = 10ms, .sigma = 0.5};
  EXPECT_EQ(draw(delay, 42), draw(delay, 42));
  EXPECT_NE(draw(delay, 42), draw(delay, 43));
}

TEST(Draw, BimodalIsSlowForItsShare) {
  const Delay delay{.kind = Delay::Kind::bimodal, .min = 5ns, .max = 800ns, .slow_share = 0.25};
  int slow = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const auto value = draw(delay, make_token(3, i));
    ASSERT_TRUE(value == 5ns || value == 800ns);
    if (value == 800ns) ++slow;
  }
  EXPECT_NEAR(slow / static_cast<double>(kDraws), 0.25, 0.01);
}

TEST(Draw, ListTakesEachValueAsOften) {
  const Delay delay{.kind = Delay::Kind::list, .values = {1ms, 2ms, 30ms}};
  std::map<std::chrono::nanoseconds, int> seen;
  for (std::uint64_t i = 0; i < 30'000; ++i) ++seen[draw(delay, make_token(3, i))];
  EXPECT_EQ(seen.size(), 3U);
  for (const auto& [value, count] : seen) EXPECT_NEAR(count, 10'000, 400);
}

TEST(Draw, MeanOfIsTheMeanOfWhatIsDrawn) {
  for (const Delay& delay :
       {Delay{.mean = 17ms}, Delay{.kind = Delay::Kind::uniform, .min = 5ms, .max = 25ms},
        Delay{.kind = Delay::Kind::lognormal, .mean = 10ms, .sigma = 0.5},
        Delay{.kind = Delay::Kind::bimodal, .min = 10ms, .max = 50ms, .slow_share = 0.25},
        Delay{.kind = Delay::Kind::list, .values = {1ms, 2ms, 30ms}}}) {
    const double mean = static_cast<double>(mean_of(delay).count());
    EXPECT_NEAR(mean_ns(delay) / mean, 1, 0.01);
  }
}

TEST(DrawFault, MeetsEachFaultAsOftenAsItsShareSays) {
  const HostBehaviour host{.faults = {{.kind = FaultKind::reset, .share = 0.1},
                                      {.kind = FaultKind::hang, .share = 0.3}}};
  std::map<FaultKind, int> seen;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const FaultShare* fault = draw_fault(host, make_token(5, i));
    ++seen[fault == nullptr ? FaultKind::none : fault->kind];
  }
  EXPECT_NEAR(seen[FaultKind::reset], 0.1 * kDraws, 0.005 * kDraws);
  EXPECT_NEAR(seen[FaultKind::hang], 0.3 * kDraws, 0.005 * kDraws);
  EXPECT_NEAR(seen[FaultKind::none], 0.6 * kDraws, 0.005 * kDraws);
}

TEST(DrawFault, IsIndependentOfTheDelay) {
  const HostBehaviour host{.delay = {.kind = Delay::Kind::uniform, .min = 0ms, .max = 100ms},
                           .faults = {{.kind = FaultKind::reset, .share = 0.5}}};
  double with = 0;
  double without = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const std::uint64_t token = make_token(5, i);
    const auto delay = static_cast<double>(draw(host.delay, token).count());
    (draw_fault(host, token) != nullptr ? with : without) += delay;
  }
  EXPECT_NEAR(with / without, 1, 0.05);
}

TEST(DrawFault, OfAWholeHostMeetsAll) {
  const HostBehaviour host{.faults = {{FaultKind::hang}}};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    ASSERT_NE(draw_fault(host, make_token(5, i)), nullptr);
  }
  EXPECT_EQ(draw_fault({}, 1), nullptr);
}

TEST(Draw, UniformStaysWithinItsBoundsAndReachesBoth) {
  const Delay delay{.kind = Delay::Kind::uniform, .min = 5ns, .max = 8ns};
  std::vector<int> seen(9);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto value = draw(delay, make_token(3, i)).count();
    ASSERT_GE(value, 5);
    ASSERT_LE(value, 8);
    ++seen[static_cast<std::size_t>(value)];
  }
  for (std::size_t value = 5; value <= 8; ++value) EXPECT_NEAR(seen[value], 250, 60);
}

TEST(Draw, UniformHasTheMeanOfItsBounds) {
  const Delay delay{.kind = Delay::Kind::uniform, .min = 5ms, .max = 20ms};
  EXPECT_NEAR(mean_ns(delay), 12.5e6, 0.05e6);
}

TEST(Draw, LognormalHasTheArithmeticMeanAskedFor) {
  for (const double sigma : {0.0, 0.5, 1.0}) {
    const Delay delay{.kind = Delay::Kind::lognormal, .mean = 10ms, .sigma = sigma};
    EXPECT_NEAR(mean_ns(delay), 10e6, 0.2e6) << "sigma " << sigma;
  }
}

TEST(Draw, LognormalHasTheMedianOfItsFormula) {
  const Delay delay{.kind = Delay::Kind::lognormal, .mean = 10ms, .sigma = 1};
  const double median = 10e6 * std::exp(-0.5);
  double below = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    below += static_cast<double>(draw(delay, make_token(5, i)).count()) < median ? 1 : 0;
  }
  EXPECT_NEAR(below / static_cast<double>(kDraws), 0.5, 0.01);
}

TEST(Draw, LognormalIsCappedAtAHundredMeans) {
  const Delay delay{.kind = Delay::Kind::lognormal, .mean = 1us, .sigma = 4};
  std::chrono::nanoseconds longest{};
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    longest = std::max(longest, draw(delay, make_token(9, i)));
  }
  EXPECT_EQ(longest, 100us);
}

TEST(ServerConfigJson, EmptyMeansDefaults) {
  const ServerConfig config = server_config_from_json(Json::object());
  EXPECT_EQ(to_json(config), to_json(ServerConfig{}));
  EXPECT_EQ(config.hosts.size(), 1);
  EXPECT_EQ(config.hosts[0].body_bytes, 115);
}

TEST(ServerConfigJson, ADelayMayBePlainText) {
  const auto config = server_config_from_json(Json::parse(R"({"hosts":[{"delay":"17ms"}]})"));
  EXPECT_EQ(config.hosts[0].delay.kind, Delay::Kind::fixed);
  EXPECT_EQ(config.hosts[0].delay.mean, 17ms);
}

TEST(ServerConfigJson, RoundTrips) {
  const auto config = server_config_from_json(Json::parse(R"({
    "threads": 7, "loops": 3, "bind": "127.0.0.9", "port": 8080, "hosts": [
      {"delay": {"kind": "fixed", "mean": "1.5ms"}, "body_bytes": 0, "status": 503},
      {"delay": {"kind": "uniform", "min": "5ms", "max": "20ms"}, "faults": [{"kind": "reset", "share": 0.5},
        {"kind": "status", "share": 0.25, "status": 429, "retry_after": "2s"}]},
      {"delay": {"kind": "lognormal", "mean": "10ms", "sigma": 0.5}, "faults": [{"kind": "hang"}]}]})"));
  EXPECT_EQ(config.engine, EngineKind::asio);
  EXPECT_EQ(config.threads, 7U);
  EXPECT_EQ(config.loops, 3U);
  EXPECT_EQ(config.bind, "127.0.0.9");
  EXPECT_EQ(config.port, 8080);
  ASSERT_EQ(config.hosts.size(), 3U);
  EXPECT_EQ(config.hosts[0].status, 503U);
  EXPECT_EQ(config.hosts[1].delay.max, 20ms);
  EXPECT_EQ(config.hosts[1].faults[0].kind, FaultKind::reset);
  EXPECT_EQ(config.hosts[1].faults[1].retry_after_s, 2U);
  EXPECT_EQ(config.hosts[2].delay.sigma, 0.5);
  const Json json = to_json(config);
  EXPECT_EQ(json["hosts"][0]["delay"], "1500000ns");
  EXPECT_EQ(to_json(server_config_from_json(json)), json);
}

TEST(ServerConfigJson, KeepsTheEngine) {
  const auto config = server_config_from_json(Json::parse(R"({"engine":"httplib"})"));
  EXPECT_EQ(config.engine, EngineKind::httplib);
  EXPECT_EQ(server_config_from_json(to_json(config)).engine, EngineKind::httplib);
}

TEST(ServerConfigJson, RefusesWhatAnEngineCannotDo) {
  EXPECT_EQ(
      error_of(R"({"engine":"httplib","hosts":[{"faults":[{"kind":"hang"}]}]})"),
      "server: engine httplib knows only delay, body_bytes and status of a host; use engine asio");
  EXPECT_EQ(error_of(R"({"engine":"httplib","loops":2})"),
            "server: engine httplib has threads and no loops; use engine asio");
  EXPECT_EQ(error_of(R"({"hosts":[{"status":304}]})"),
            "server.hosts[0].status: expected a status other than 304, found 304");
}

TEST(ServerConfigJson, RefusesImpossibleFaults) {
  const auto with = [](const std::string& faults) {
    return error_of(R"({"hosts":[{"faults":)" + faults + "}]}");
  };
  EXPECT_THAT(with(R"([{"share":0.5}])"), HasSubstr("faults[0].kind: missing"));
  EXPECT_THAT(with(R"([{"kind":"burn"}])"), HasSubstr("one of refuse, reset"));
  EXPECT_THAT(with(R"([{"kind":"hang","share":0}])"), HasSubstr("faults[0].share"));
  EXPECT_THAT(with(R"([{"kind":"hang","share":0.6},{"kind":"reset","share":0.6}])"),
              HasSubstr("add up to 1 at most"));
  EXPECT_THAT(with(R"([{"kind":"refuse","share":0.5}])"), HasSubstr("share: unknown key"));
  EXPECT_THAT(with(R"([{"kind":"refuse"},{"kind":"hang","share":0.1}])"),
              HasSubstr("refuse alone"));
  EXPECT_THAT(with(R"([{"kind":"status"}])"), HasSubstr("status needs a status"));
  EXPECT_THAT(with(R"([{"kind":"status","status":200}])"), HasSubstr("another status than 200"));
  EXPECT_THAT(with(R"([{"kind":"status","status":503,"retry_after":"1500ms"}])"),
              HasSubstr("whole seconds"));
  EXPECT_THAT(with(R"([{"kind":"drip"}])"), HasSubstr("drip needs over"));
}

TEST(ServerConfigJson, NamesUnknownKeysAndTheKnownOnes) {
  EXPECT_EQ(error_of(R"({"hosts":[{"dleay":"1ms"}]})"),
            "server.hosts[0].dleay: unknown key; known: delay, body_bytes, status, faults, tls, "
            "slowdown, freeze, "
            "close_after, rtt, handshake_trips, limit, http2");
  EXPECT_EQ(error_of(R"({"hots":[]})"),
            "server.hots: unknown key; known: engine, threads, loops, bind, port, http, hosts");
  EXPECT_EQ(error_of(R"({"hosts":[{},{"delay":{"kind":"fixed","mean":"1ms","sigma":1}}]})"),
            "server.hosts[1].delay.sigma: unknown key; known: kind, mean");
}

TEST(ServerConfigJson, ReadsWhatAHostAnnouncesOverHttp2) {
  const auto config = server_config_from_json(nlohmann::json::parse(
      R"({"http":"2","hosts":[{"http2":{"max_streams":7,"stream_window":2048}},{}]})"));
  EXPECT_EQ(config.http, HttpVersion::http2);
  EXPECT_EQ(config.hosts[0].http2.max_streams, 7U);
  EXPECT_EQ(config.hosts[0].http2.stream_window, 2048U);
  EXPECT_EQ(config.hosts[0].http2.connection_window, 1U << 20);
  EXPECT_EQ(config.hosts[1].http2.max_streams, 100U);
  EXPECT_EQ(to_json(server_config_from_json(to_json(config))), to_json(config));
  EXPECT_THAT(error_of(R"({"hosts":[{"http2":{"max_streams":0}}]})"),
              HasSubstr("server.hosts[0].http2.max_streams"));
  EXPECT_THAT(error_of(R"({"hosts":[{"http2":{"stream_window":100}}]})"), HasSubstr("1024"));
  EXPECT_THAT(error_of(R"({"hosts":[{"http2":{"push":1}}]})"), HasSubstr("unknown key"));
}

TEST(ServerConfigJson, NamesMissingKeys) {
  EXPECT_EQ(error_of(R"({"hosts":[{"delay":{"kind":"uniform","min":"1ms"}}]})"),
            "server.hosts[0].delay.max: missing; uniform needs min and max");
  EXPECT_EQ(error_of(R"({"hosts":[{"delay":{"mean":"1ms"}}]})"),
            "server.hosts[0].delay.kind: missing; one of fixed, uniform, lognormal, bimodal, list");
}

TEST(ServerConfigJson, SaysWhatWasExpectedAndWhatWasFound) {
  EXPECT_EQ(error_of(R"([])"), "server: expected an object, found []");
  EXPECT_EQ(error_of(R"({"engine":"apache"})"),
            "server.engine: expected one of asio, httplib, found \"apache\"");
  EXPECT_EQ(error_of(R"({"port":65536})"),
            "server.port: expected a whole number from 0 to 65535, found 65536");
  EXPECT_EQ(error_of(R"({"threads":0})"),
            "server.threads: expected a whole number from 1 to 10000, found 0");
  for (const char* loops : {"0", "65", "1000"}) {
    EXPECT_EQ(error_of(fmt::format(R"({{"loops":{}}})", loops)),
              fmt::format("server.loops: expected a whole number from 1 to 64, found {}", loops));
  }
  EXPECT_EQ(error_of(R"({"bind":"localhost"})"),
            "server.bind: expected an IP address, or \"\", found \"localhost\"");
  EXPECT_EQ(error_of(R"({"hosts":[]})"),
            "server.hosts: expected an array of 1 to 254 hosts, found []");
  EXPECT_EQ(error_of(R"({"hosts":[{"body_bytes":-1}]})"),
            "server.hosts[0].body_bytes: expected a whole number from 0 to 1073741824, found -1");
  EXPECT_EQ(error_of(R"({"hosts":[{"delay":17}]})"),
            "server.hosts[0].delay: expected a duration with a unit, such as \"17ms\", found 17");
  EXPECT_EQ(error_of(R"({"hosts":[{"delay":{"kind":"uniform","min":"2ms","max":"1ms"}}]})"),
            "server.hosts[0].delay.min: expected no more than max, found \"2ms\"");
  EXPECT_EQ(error_of(R"({"hosts":[{"delay":{"kind":"lognormal","mean":"2ms","sigma":-1}}]})"),
            "server.hosts[0].delay.sigma: expected a number from 0 to 5, found -1");
}

}  // namespace
}  // namespace fanout
