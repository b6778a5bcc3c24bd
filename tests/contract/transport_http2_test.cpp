// What a client of HTTP/2 makes of its servers: streams on shared connections, and their ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <functional>
#include <map>

#include "tests/contract/async_http2_client.h"
#include "tests/contract/canned_http2.h"
#include "tests/contract/canned_server.h"
#include "transports/failure_sentences.h"
#include "transports/idle_connection.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::ElementsAre;
using testing::StartsWith;
using Do = CannedHttp2::Do;

TEST(Http2, SpreadsRequestsEvenlyOverItsConnections) {
  for (const bool tls : {false, true}) {
    CannedHttp2 server({.acts = {Do::hang}, .tls = tls});
    ClientConfig config = server.config();
    config.timeout = 300ms;
    config.workers = 12;
    config.connections = 3;
    const auto responses = responses_to_all(config, 12, 12);
    EXPECT_THAT(outcomes(responses), Each(Outcome::timeout));
    EXPECT_EQ(opened(responses), 3U);
    EXPECT_EQ(server.connections(), 3U);
    std::map<unsigned, unsigned> requests;
    for (const CannedHttp2::Seen& seen : server.seen()) ++requests[seen.connection];
    EXPECT_THAT(requests, ElementsAre(std::pair(0U, 4U), std::pair(1U, 4U), std::pair(2U, 4U)));
  }
}

TEST(Http2, OpensAsManyConnectionsAsItMay) {
  for (const unsigned connections : {0U, 1U, 4U}) {
    CannedHttp2 server({});
    ClientConfig config = server.config();
    config.workers = 10;
    config.connections = connections;
    const auto responses = responses_to_all(config, 500, 10);
    EXPECT_THAT(outcomes(responses), Each(Outcome::ok));
    const unsigned wanted = connections == 0 ? 10 : connections;
    EXPECT_EQ(server.connections(), wanted);
    EXPECT_EQ(opened(responses), wanted);
  }
}

TEST(Http2, OpensAConnectionForEachRequestWithoutReuse) {
  CannedHttp2 server({});
  ClientConfig config = server.config();
  config.reuse = false;
  config.connections = 1;
  EXPECT_THAT(outcomes(responses_to_all(config, 50, 10)), Each(Outcome::ok));
  EXPECT_EQ(server.connections(), 50U);
}

TEST(Http2, WaitsForStreamsWhereTheServerAllowsFew) {
  CannedHttp2 server({.most_streams = 3});
  ClientConfig config = server.config();
  config.workers = 50;
  config.connections = 2;
  EXPECT_THAT(outcomes(responses_to_all(config, 500, 50)), Each(Outcome::ok));
  EXPECT_EQ(server.connections(), 2U);
  EXPECT_LE(server.peak(), 3U);
}

TEST(Http2, TimeSpentWaitingForAStreamCounts) {
  CannedHttp2 server({.acts = {Do::hang}, .most_streams = 1});
  ClientConfig config = server.config();
  config.workers = 5;
  config.connections = 1;
  config.timeout = 200ms;
  EXPECT_THAT(outcomes(responses_to_all(config, 10, 5)), Each(Outcome::timeout));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Http2, MovesLargeBodiesThroughSmallWindows) {
  for (const bool tls : {false, true}) {
    CannedHttp2 server({.window = 1'000, .body_bytes = 1 << 20, .tls = tls});
    ClientConfig config = server.config();
    config.method = Method::post;
    config.request_body_bytes = 1 << 20;
    config.workers = 10;
    config.connections = 2;
    EXPECT_THAT(outcomes(responses_to_all(config, 40, 10)), Each(Outcome::ok));
    for (const CannedHttp2::Seen& seen : server.seen()) EXPECT_EQ(seen.body_bytes, 1U << 20);
  }
}

TEST(Http2, KeepsConnectionsFromOneRunToTheNext) {
  CannedHttp2 server({});
  const ClientConfig config = server.config();
  Http2Client client(config, 1);
  EXPECT_TRUE(client.fetch(0).connected);
  for (std::uint32_t i = 1; i < 20; ++i) EXPECT_FALSE(client.fetch(i).connected);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(Http2, ReplacesAConnectionThatEndedWhileItWasIdle) {
  for (const bool tls : {false, true}) {
    CannedHttp2 server({.acts = {Do::reset_idle, Do::answer}, .tls = tls});
    ClientConfig config = server.config();
    config.method = Method::post;
    Http2Client client(config, 1);
    EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(client.fetch(1).outcome, Outcome::ok);
    EXPECT_EQ(server.connections(), 2U);
  }
}

TEST(Http2, KeepsNoMoreIdleConnectionsThanItMay) {
  std::deque<CannedHttp2> servers;
  std::vector<Target> targets;
  for (unsigned i = 0; i < 6; ++i) {
    targets.push_back(servers.emplace_back(CannedHttp2::Script{}).config().targets[0]);
  }
  ClientConfig config = config_for(targets);
  config.max_idle = 2;
  Http2Client client(config, 1);
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_TRUE(client.fetch(i, i).connected);
  EXPECT_FALSE(client.fetch(6, 5).connected);
  EXPECT_FALSE(client.fetch(7, 4).connected);
  EXPECT_TRUE(client.fetch(8, 3).connected);
}

TEST(Http2, GivesARequestUpAndKeepsItsConnection) {
  CannedHttp2 server({.acts = {Do::hang, Do::hang, Do::answer}});
  ClientConfig config = server.config();
  config.workers = 3;
  config.connections = 1;
  Http2Client client(config, 3);
  unsigned told = 0;
  const auto requests = numbered(3);
  client->start(requests[0], [&](const Response&) { ++told; });
  client->start(requests[1], [&](const Response&) { ++told; });
  client->after(50ms, [&] {
    client->give_up(requests[0]);
    client->give_up(requests[1]);
    client->give_up(requests[1]);  // it is not under way any more
    client->start(requests[2], [&](const Response& response) {
      EXPECT_EQ(response.outcome, Outcome::ok);
      EXPECT_FALSE(response.connected);
    });
  });
  client->run();
  EXPECT_EQ(told, 0U);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_THAT(server.resets(), ElementsAre(NGHTTP2_CANCEL, NGHTTP2_CANCEL));
}

TEST(Http2, GivesUpARequestThatIsNotSentYet) {
  const auto [listener, port] = listen_on_loopback(64);  // never says a word
  for (const bool tls : {false, true}) {
    const ClientConfig config = config_for({{{"127.0.0.1"}, port, 200, 5, tls}});
    Http2Client client(config, 2);
    const auto requests = numbered(2);
    for (const Request& request : requests) {
      client->start(request, [](const Response&) { ADD_FAILURE(); });
    }
    client->give_up(requests[0]);
    client->after(20ms, [&] { client->give_up(requests[1]); });
    client->run();
  }
}

TEST(Http2, KeepsTheConnectionOfARequestThatIsLate) {
  CannedHttp2 server({.acts = {Do::hang, Do::answer}});
  ClientConfig config = server.config();
  config.timeout = 100ms;
  Http2Client client(config, 1);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::timeout);
  const Response next = client.fetch(1);
  EXPECT_EQ(next.outcome, Outcome::ok);
  EXPECT_FALSE(next.connected);
}

TEST(Http2, MayBeDestroyedWithRequestsUnderWay) {
  CannedHttp2 server({.acts = {Do::answer, Do::hang}});
  ClientConfig config = server.config();
  Http2Client client(config, 10);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  const auto requests = numbered(10);
  for (const Request& request : requests) {
    client->start(request, [](const Response&) { ADD_FAILURE(); });
  }
}

}  // namespace
}  // namespace fanout::transport_test
