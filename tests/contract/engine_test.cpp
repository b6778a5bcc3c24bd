// What every engine of the local server answers, checked from a plain socket.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "local_server/engine.h"
#include "tests/contract/raw_client.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

class EveryEngine : public testing::TestWithParam<EngineKind> {
 protected:
  static ServerConfig config(HostBehaviour host = {}) {
    return {.engine = GetParam(), .threads = 16, .bind = {}, .port = 0, .hosts = {host}};
  }
};

TEST_P(EveryEngine, AnswersGetWithBodyAndToken) {
  Running server(config({.body_bytes = 200}));
  RawClient client(server.endpoint());
  client.send(request("GET", token_path(kToken)));
  const RawReply reply = client.receive();
  EXPECT_TRUE(reply.head.starts_with("HTTP/1.1 200 OK\r\n")) << reply.head;
  EXPECT_TRUE(has(reply, "Content-Length: 200\r\n"));
  EXPECT_TRUE(has(reply, "Content-Type: text/plain\r\n"));
  EXPECT_TRUE(has(reply, "X-Fanout-Token: " + kToken + "\r\n"));
  EXPECT_FALSE(has(reply, "Connection: close"));
  EXPECT_EQ(reply.body.size(), 200U);
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.unique_tokens, 1U);
  EXPECT_EQ(counters.answered, 1U);
}

TEST_P(EveryEngine, EchoesNoTokenWhereThereIsNone) {
  Running server(config());
  RawClient client(server.endpoint());
  for (const std::string path : {"/", "/r/123", "/r/0123456789ABCDEF", "/r/0123456789abcdef0"}) {
    client.send(request("GET", path));
    EXPECT_FALSE(has(client.receive(), "X-Fanout-Token"));
  }
  EXPECT_EQ(Running::settled(server).untokened, 4U);
}

TEST_P(EveryEngine, AnswersHeadWithoutBody) {
  Running server(config({.body_bytes = 77}));
  RawClient client(server.endpoint());
  client.send(request("HEAD", token_path(kToken)));
  EXPECT_TRUE(has(client.receive(false), "Content-Length: 77\r\n"));
  client.send(request("GET", "/"));  // had a body been sent, it would be in front of this answer
  EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 200"));
}

TEST_P(EveryEngine, DiscardsAPostedBodyOfAnyLength) {
  Running server(config());
  RawClient client(server.endpoint());
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{3} << 20}) {
    client.send(request("POST", "/", "Content-Length: " + std::to_string(size) + "\r\n"));
    client.send(std::string(size, 'x'));
    EXPECT_EQ(client.receive().body.size(), 115U);
  }
  client.send(request("POST", "/", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body.size(), 115U);
  EXPECT_EQ(Running::settled(server).requests, 4U);
}

TEST_P(EveryEngine, TellsAClientThatAsksToContinue) {
  Running server(config());
  RawClient client(server.endpoint());
  client.send(request("POST", "/", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 100"));
  client.send("abc");
  EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 200"));
}

TEST_P(EveryEngine, AnswersEveryMethodWithAndWithoutABody) {
  Running server(config());
  RawClient client(server.endpoint());
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}) {
    client.send(request(method, "/"));
    EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 200")) << method;
  }
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    client.send(request(method, "/", "Content-Length: 3\r\n") + "abc");
    EXPECT_TRUE(client.receive().head.starts_with("HTTP/1.1 200")) << method;
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.request_body_bytes, 12U);
  EXPECT_EQ(counters.methods.at("DELETE"), 2U);
  EXPECT_EQ(counters.methods.at("OPTIONS"), 1U);
}

TEST_P(EveryEngine, KeepsAConnectionForManyRequests) {
  Running server(config());
  RawClient client(server.endpoint());
  for (int i = 0; i < 200; ++i) {
    client.send(request("GET", "/"));
    ASSERT_EQ(client.receive().body.size(), 115U);
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.connections, 1U);
  EXPECT_EQ(counters.requests, 200U);
  EXPECT_EQ(counters.answered, 200U);
}

TEST_P(EveryEngine, ClosesWhenAskedTo) {
  Running server(config());
  RawClient client(server.endpoint());
  client.send(request("GET", "/", "Connection: close\r\n"));
  EXPECT_TRUE(has(client.receive(), "Connection: close\r\n"));
  EXPECT_TRUE(client.at_end());
}

TEST_P(EveryEngine, ClosesAfterHttp10) {
  Running server(config());
  RawClient client(server.endpoint());
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive().body.size(), 115U);
  EXPECT_TRUE(client.at_end());
}

TEST_P(EveryEngine, ReadsARequestThatComesInPieces) {
  Running server(config());
  RawClient client(server.endpoint());
  for (const char byte : request("GET", token_path(kToken))) client.send({&byte, 1});
  EXPECT_TRUE(has(client.receive(), kToken));
}

TEST_P(EveryEngine, SendsLargeBodiesWhole) {
  constexpr std::uint64_t kSize = 20 << 20;
  Running server(config({.body_bytes = kSize}));
  RawClient client(server.endpoint());
  for (int i = 0; i < 2; ++i) {
    client.send(request("GET", "/"));
    EXPECT_EQ(client.receive().body.size(), kSize);
  }
}

TEST_P(EveryEngine, SendsTheStatusAskedFor) {
  for (const unsigned status : {204U, 304U, 404U, 503U}) {
    Running server(config({.status = status}));
    RawClient client(server.endpoint());
    const std::string line = "HTTP/1.1 " + std::to_string(status);
    for (int i = 0; i < 2; ++i) {
      client.send(request("GET", "/"));
      EXPECT_TRUE(client.receive().head.starts_with(line));
    }
  }
}

TEST_P(EveryEngine, WaitsTheDelayAndReportsIt) {
  Running server(config({.delay = {.mean = 20ms}}));
  RawClient client(server.endpoint());
  const std::int64_t start = now_ns();
  for (int i = 0; i < 3; ++i) {
    client.send(request("GET", "/"));
    client.receive();
  }
  EXPECT_GE(now_ns() - start, 60'000'000);
  const ServerCounters counters = Running::settled(server);
  EXPECT_GE(counters.hold_ns.p50, 20'000'000);
  EXPECT_GE(counters.hold_error_ns.p50, 0);
}

TEST_P(EveryEngine, DrawsTheDelayOfEachTokenFromItsDistribution) {
  const Delay delay{.kind = Delay::Kind::uniform, .min = 1ms, .max = 30ms};
  Running server(config({.delay = delay}));
  RawClient client(server.endpoint());
  for (const std::string token : {"00000000000000a1", "00000000000000a2", "00000000000000a3"}) {
    const std::int64_t start = now_ns();
    client.send(request("GET", token_path(token)));
    client.receive();
    EXPECT_GE(now_ns() - start, draw(delay, std::stoull(token, nullptr, 16)).count());
  }
}

TEST_P(EveryEngine, CountsDuplicates) {
  Running server(config());
  RawClient client(server.endpoint());
  for (int i = 0; i < 3; ++i) {
    client.send(request("GET", token_path(kToken)));
    client.receive();
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.unique_tokens, 1U);
  EXPECT_EQ(counters.duplicate_tokens, 2U);
}

TEST_P(EveryEngine, CountsConnectionsAndThePeakInFlight) {
  Running server(config({.delay = {.mean = 500ms}}));
  std::vector<RawClient> clients;
  for (int i = 0; i < 12; ++i) clients.emplace_back(server.endpoint());
  for (int i = 0; i < 9; ++i) clients[static_cast<std::size_t>(i)].send(request("GET", "/"));
  for (int i = 0; i < 9; ++i) clients[static_cast<std::size_t>(i)].receive();
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.connections, 12U);
  EXPECT_EQ(counters.peak_in_flight, 9U);
}

TEST_P(EveryEngine, GivesEachHostAnAddressOfItsOwn) {
  ServerConfig two = config();
  two.hosts = {{.body_bytes = 1}, {.body_bytes = 2}};
  Running server(two);
  EXPECT_EQ(server.endpoint(0).address, "127.0.0.1");
  EXPECT_EQ(server.endpoint(1).address, "127.0.0.2");
  for (const std::size_t host : {0U, 1U}) {
    RawClient client(server.endpoint(host));
    client.send(request("GET", "/"));
    EXPECT_EQ(client.receive().body.size(), host + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, EveryEngine,
                         testing::Values(EngineKind::asio, EngineKind::httplib),
                         [](const auto& engine) {
                           return engine.param == EngineKind::asio ? "asio" : "httplib";
                         });

}  // namespace
}  // namespace fanout
