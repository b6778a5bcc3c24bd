// How every engine starts, stops and obeys its controller, and what engine asio alone does.
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "local_server/engine.h"
#include "local_server/ledger_json.h"
#include "local_server/server_main.h"
#include "tests/contract/raw_client.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

class EngineLife : public testing::TestWithParam<EngineKind> {
 protected:
  static ServerConfig config(HostBehaviour host = {}) {
    return {.engine = GetParam(), .threads = 16, .bind = {}, .port = 0, .hosts = {host}};
  }
};

TEST_P(EngineLife, StopsWithIdleConnectionsAndLongDelaysOpen) {
  Running server(config({.delay = {.mean = 1h}}));
  RawClient idle(server.endpoint());
  RawClient held(server.endpoint());
  held.send(request("GET", "/"));
  RawClient half(server.endpoint());
  half.send("GET / HT");
  std::this_thread::sleep_for(100ms);
  const std::int64_t start = now_ns();
  const ServerCounters counters = server.stop();
  EXPECT_LT(now_ns() - start, 5'000'000'000);  // far below any timeout of an engine
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_EQ(counters.requests, 1U);
  EXPECT_EQ(counters.answered, 0U);
  EXPECT_TRUE(idle.at_end());
}

TEST_P(EngineLife, StopsAtOnceWhenUnused) {
  { Running server(config()); }
  make_engine(config());  // never started
}

TEST_P(EngineLife, NamesThePortThatIsTaken) {
  Running first(config());
  ServerConfig again = config();
  again.port = first.endpoint().port;
  const std::string expected =
      "cannot listen on 127.0.0.1:" + std::to_string(again.port) + ": Address already in use";
  try {
    make_engine(again)->start();
    FAIL() << "two engines on one port";
  } catch (const RunError& error) {
    EXPECT_EQ(error.what(), expected);
  }
  try {
    serve_alone(again);
    FAIL() << "two engines on one port";
  } catch (const UsageError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(expected)) << error.what();
    EXPECT_NE(std::string(error.what()).find("--port"), std::string::npos);
  }
}

TEST_P(EngineLife, ObeysAController) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair.data()), 0);
  UniqueFd ours(pair[0]);
  const UniqueFd theirs(pair[1]);
  std::jthread child([fd = theirs.get()] { EXPECT_EQ(serve_controller(fd), 0); });
  const auto ask = [&](const nlohmann::json& message) {
    const std::string text = message.dump();
    ::send(ours.get(), text.data(), text.size(), 0);
    std::string answer(100'000, '\0');
    const ssize_t size = ::recv(ours.get(), answer.data(), answer.size(), 0);
    return nlohmann::json::parse(answer.substr(0, static_cast<std::size_t>(size)));
  };
  EXPECT_TRUE(ask({{"command", "finish"}}).contains("error"));
  EXPECT_TRUE(ask({{"command", "dance"}}).contains("error"));
  EXPECT_TRUE(ask({{"command", "configure"}, {"server", {{"port", "x"}}}}).contains("error"));
  for (int run = 0; run < 2; ++run) {
    const auto configured = ask({{"command", "configure"}, {"server", to_json(config())}});
    const auto& endpoint = configured.at("endpoints").at(0);
    RawClient client({.address = endpoint.at("address"), .port = endpoint.at("port")});
    client.send(request("GET", token_path(kToken), "Connection: close\r\n"));
    client.receive();
    EXPECT_TRUE(client.at_end());
    const auto finished = ask({{"command", "finish"}});
    const auto counters = finished.at("counters").get<ServerCounters>();
    EXPECT_EQ(counters.requests, 1U);
    EXPECT_EQ(counters.connections, 1U);
    EXPECT_GT(counters.cpu_ns, 0);
  }
  ours.reset();  // the child ends
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineLife,
                         testing::Values(EngineKind::asio, EngineKind::httplib),
                         [](const auto& engine) {
                           return engine.param == EngineKind::asio ? "asio" : "httplib";
                         });

class AsioEngine : public testing::Test {
 protected:
  static ServerConfig config(HostBehaviour host = {}) {
    return {.engine = EngineKind::asio, .threads = 1, .bind = {}, .port = 0, .hosts = {host}};
  }
};

// cpp-httplib drops what it has read beyond a request, so this is engine asio's alone.
TEST_F(AsioEngine, AnswersPipelinedRequestsInOrder) {
  Running server(config({.delay = {.mean = 1ms}}));
  RawClient client(server.endpoint());
  std::string requests;
  for (char digit = '0'; digit < '8'; ++digit) {
    requests += request("GET", token_path(std::string(16, digit)));
  }
  client.send(requests);
  for (char digit = '0'; digit < '8'; ++digit) {
    const RawReply reply = client.receive();
    EXPECT_TRUE(has(reply, "X-Fanout-Token: " + std::string(16, digit))) << reply.head;
    EXPECT_EQ(reply.body.size(), 115U);
  }
}

TEST_F(AsioEngine, RefusesWhatIsNotHttp) {
  Running server(config());
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"), std::string("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
        "GET /" + std::string(100'000, 'x')}) {
    RawClient client(server.endpoint());
    client.send(bytes);
    EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 400"));
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_EQ(server.stop().requests, 0U);
}

TEST_F(AsioEngine, ResetsAfterHalfABody) {
  Running server(config({.body_bytes = 1000, .faults = {{FaultKind::reset_amid_body}}}));
  RawClient client(server.endpoint());
  client.send(request("GET", token_path(kToken)));
  const RawReply reply = client.receive();
  EXPECT_TRUE(has(reply, "Content-Length: 1000\r\n"));
  EXPECT_EQ(reply.body.size(), 500U);
  EXPECT_TRUE(client.was_reset());
  EXPECT_EQ(server.stop().answered, 1U);
}

TEST_F(AsioEngine, TruncatesAfterHalfABody) {
  Running server(config({.body_bytes = 1000, .faults = {{FaultKind::truncate}}}));
  RawClient client(server.endpoint());
  client.send(request("GET", token_path(kToken)));
  EXPECT_EQ(client.receive().body.size(), 500U);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(server.stop().answered, 1U);
}

TEST_F(AsioEngine, HangsForEver) {
  Running server(config({.faults = {{FaultKind::hang}}}));
  RawClient client(server.endpoint());
  client.send(request("GET", token_path(kToken)));
  std::this_thread::sleep_for(50ms);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.requests, 1U);
  EXPECT_EQ(counters.answered, 0U);
  EXPECT_TRUE(client.at_end());  // and sent nothing
}

TEST_F(AsioEngine, EmulatesARoundTripAndThoseOfConnecting) {
  Running server(config({.delay = {.mean = 1ms}, .rtt = 20ms, .handshake_trips = 2}));
  for (int connection = 0; connection < 2; ++connection) {
    RawClient client(server.endpoint());
    for (int i = 0; i < 3; ++i) {
      client.send(request("GET", "/"));
      client.receive();
    }
  }
  // Intended is what was held less the error: 1 + 20 + 2 x 20 ms, and then twice 1 + 20.
  const ServerCounters counters = Running::settled(server);
  EXPECT_NEAR(counters.hold_ns.mean - counters.hold_error_ns.mean, (61 + 21 + 21) * 1e6 / 3, 1);
}

TEST_F(AsioEngine, NoticesClientsThatGoAway) {
  Running server(config({.delay = {.mean = 1h}}));
  for (int i = 0; i < 5; ++i) {
    RawClient client(server.endpoint());
    client.send(request("GET", "/"));
    std::this_thread::sleep_for(100ms);
    client.close();
    std::this_thread::sleep_for(100ms);
  }
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.requests, 5U);
  EXPECT_EQ(counters.answered, 0U);
  EXPECT_EQ(counters.peak_in_flight, 1U);  // each was given up before the next came
}

TEST_F(AsioEngine, DropsALargeAnswerItsClientDoesNotWant) {
  Running server(config({.body_bytes = 20 << 20}));
  {
    RawClient client(server.endpoint());
    client.send(request("GET", "/"));
    std::this_thread::sleep_for(50ms);
  }
  RawClient client(server.endpoint());
  client.send(request("GET", "/"));
  EXPECT_EQ(client.receive().body.size(), std::size_t{20} << 20);
  EXPECT_EQ(Running::settled(server).answered, 1U);
}

TEST(HttplibEngine, RefusesFaults) {
  ServerConfig config{.engine = EngineKind::httplib};
  config.hosts[0].faults = {{FaultKind::reset}};
  EXPECT_THROW(make_engine(config), UsageError);
}

}  // namespace
}  // namespace fanout
