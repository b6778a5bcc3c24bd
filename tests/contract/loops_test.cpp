// What engine asio counts, limits and does at once where several loops serve. Each test opens its
// connections one after the other, so that they go to the two loops in turn.
#include <gtest/gtest.h>

#include <barrier>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "tests/contract/http2_client.h"
#include "tests/contract/raw_client.h"
#include "wire/token.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

ServerConfig two_loops(HostBehaviour host = {}) {
  return {.engine = EngineKind::asio,
          .loops = 2,
          .http = HttpVersion::http2,
          .hosts = {std::move(host)}};
}

std::string path_of(std::uint64_t number) {
  const TokenText text = token_text(number);
  return token_path({text.data(), text.size()});
}

std::deque<RawClient> clients_of(const Running& server, unsigned count) {
  std::deque<RawClient> clients;
  for (unsigned i = 0; i < count; ++i) clients.emplace_back(server.endpoint());
  return clients;
}

std::string status_of(RawClient& client) { return client.receive().head.substr(9, 3); }

TEST(Loops, CountWhatIsInFlightTogether) {
  Running server(two_loops({.delay = {.mean = 300ms}}));
  std::deque<RawClient> clients = clients_of(server, 12);
  for (std::size_t i = 0; i < 9; ++i) clients[i].send(request("GET", path_of(i)));
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(status_of(clients[i]), "200");
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.connections, 12U);
  EXPECT_EQ(counters.requests, 9U);
  EXPECT_EQ(counters.answered, 9U);
  EXPECT_EQ(counters.unique_tokens, 9U);
  EXPECT_EQ(counters.peak_in_flight, 9U);
  EXPECT_EQ(counters.abandoned, 0U);
  EXPECT_EQ(counters.methods.at("GET"), 9U);
}

// Without faults each loop has its own tokens, with them they share them.
TEST(Loops, KnowTheTokensOfEachOther) {
  for (const bool faulty : {false, true}) {
    HostBehaviour host;
    if (faulty) host.faults = {{.kind = FaultKind::status, .status = 503}};
    Running server(two_loops(host));
    std::deque<RawClient> clients = clients_of(server, 2);
    for (const std::size_t i : {0U, 1U, 1U}) {
      clients[i].send(request("GET", token_path(kToken)));
      EXPECT_EQ(status_of(clients[i]), faulty ? "503" : "200");
    }
    const ServerCounters counters = Running::settled(server);
    EXPECT_EQ(counters.unique_tokens, 1U);
    EXPECT_EQ(counters.duplicate_tokens, 2U);
    const std::map<std::string, std::uint64_t> once{{"status", 1}};
    EXPECT_EQ(counters.faults, faulty ? once : (std::map<std::string, std::uint64_t>{}));
  }
}

TEST(Loops, CountAReplayOverAnotherLoop) {
  Running server(two_loops({.faults = {{.kind = FaultKind::reset}}}));
  for (int i = 0; i < 2; ++i) {
    RawClient client(server.endpoint());
    client.send(request("GET", token_path(kToken)));
    EXPECT_TRUE(client.was_reset());
  }
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.faults.at("reset"), 1U);
  EXPECT_EQ(counters.replayed, 1U);
}

TEST(Loops, ShareTheRateOfAHost) {
  const ServerLimit limit{.figures = {.rate = 0.001, .burst = 3}};
  Running server(two_loops({.limit = limit}));
  std::deque<RawClient> clients = clients_of(server, 6);
  std::string statuses;
  for (RawClient& client : clients) {
    client.send(request("GET", "/"));
    statuses += status_of(client) + " ";
  }
  EXPECT_EQ(statuses, "200 200 200 429 429 429 ");
  EXPECT_EQ(Running::settled(server).rejected.at("429"), 3U);
}

TEST(Loops, GiveThePlacesOfAHostInTheOrderOfArrival) {
  const ServerLimit limit{.figures = {.concurrency = 1}, .queue = 4};
  Running server(two_loops({.delay = {.mean = 100ms}, .limit = limit}));
  std::deque<RawClient> clients = clients_of(server, 6);
  const std::int64_t start = now_ns();
  for (std::size_t i = 0; i < 6; ++i) {
    clients[i].send(request("GET", path_of(i)));
    std::this_thread::sleep_for(10ms);
  }
  clients[2].close();  // while it waits: the next has its turn
  EXPECT_EQ(status_of(clients[5]), "429");
  std::int64_t served = 0;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    EXPECT_EQ(status_of(clients[i]), "200") << i;
    EXPECT_GE(now_ns() - start, 100'000'000 * ++served) << i;
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.peak_served, 1U);
  EXPECT_EQ(counters.waited, 4U);
  EXPECT_EQ(counters.answered, 5U);
  EXPECT_EQ(counters.abandoned, 1U);
}

TEST(Loops, SlowDownByWhatTheOthersHold) {
  Running server(
      two_loops({.delay = {.mean = 100ms}, .slowdown = {.above = 0, .per_request = 100ms}}));
  std::deque<RawClient> clients = clients_of(server, 2);
  for (RawClient& client : clients) client.send(request("GET", "/"));
  for (RawClient& client : clients) EXPECT_EQ(status_of(client), "200");
  const ServerCounters counters = Running::settled(server);
  EXPECT_NEAR(counters.hold_ns.mean - counters.hold_error_ns.mean, 150e6, 1);
}

TEST(Loops, StandStillTogether) {
  Running server(two_loops({.delay = {.mean = 100ms}, .freeze = {.at = 50ms, .lasting = 250ms}}));
  std::deque<RawClient> clients = clients_of(server, 2);
  const std::int64_t start = now_ns();
  for (RawClient& client : clients) client.send(request("GET", "/"));
  for (RawClient& client : clients) {
    EXPECT_EQ(status_of(client), "200");
    EXPECT_GE(now_ns() - start, 300'000'000);
  }
}

TEST(Loops, SpeakHttp2OverEach) {
  Running server(two_loops({.delay = {.mean = 100ms}}));
  Http2Client first(server.endpoint());
  Http2Client second(server.endpoint());
  std::vector<std::int32_t> streams;
  for (std::uint64_t i = 0; i < 20; i += 2) {
    streams.push_back(first.ask(path_of(i)));
    EXPECT_EQ(second.ask(path_of(i + 1)), streams.back());
  }
  first.flush();
  second.flush();
  for (const std::int32_t stream : streams) {
    EXPECT_EQ(first.reply(stream).fields.at(":status"), "200");
    EXPECT_EQ(second.reply(stream).fields.at(":status"), "200");
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.unique_tokens, 20U);
  EXPECT_EQ(counters.answered, 20U);
  EXPECT_EQ(counters.peak_in_flight, 20U);
  EXPECT_EQ(counters.http2->connections, 2U);
  EXPECT_EQ(counters.http2->streams, 20U);
  EXPECT_EQ(counters.http2->peak_streams, 10U);
}

// Two clients change the loop with each request, so never more than two are in flight: the server
// may not see a third, nor reject one since a place is given back late.
TEST(Loops, NeverCountARequestWhoseAnswerIsThere) {
  constexpr int kRounds = 400;
  const ServerLimit limit{.figures = {.concurrency = 2}};
  Running server(two_loops({.limit = limit}));
  std::deque<RawClient> clients = clients_of(server, 8);
  std::barrier together(2);
  const auto ask = [&](std::size_t first) {
    together.arrive_and_wait();
    for (int i = 0; i < kRounds; ++i) {
      RawClient& client = clients[4 * first + static_cast<std::size_t>(i) % 4];
      client.send(request("GET", path_of(2 * static_cast<std::uint64_t>(i) + first)));
      if (status_of(client) != "200") return;
    }
  };
  {
    const std::jthread one(ask, 0);
    const std::jthread other(ask, 1);
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.answered, 2U * kRounds);
  EXPECT_EQ(counters.unique_tokens, 2U * kRounds);
  EXPECT_LE(counters.peak_in_flight, 2U);
  EXPECT_LE(counters.peak_served, 2U);
}

// The client that waits does not read, so the end of its answer cannot have left.
TEST(Loops, GiveAPlaceBackBeforeTheEndOfTheAnswerLeaves) {
  const ServerLimit limit{.figures = {.concurrency = 1}};
  Running server(two_loops({.body_bytes = 20 << 20, .limit = limit}));
  std::deque<RawClient> clients = clients_of(server, 2);
  clients[0].send(request("GET", path_of(0)));
  std::this_thread::sleep_for(50ms);
  clients[1].send(request("HEAD", path_of(1)));
  EXPECT_EQ(clients[1].receive(false).head.substr(9, 3), "200");
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.peak_in_flight, 1U);
  EXPECT_EQ(counters.answered, 1U);
  EXPECT_EQ(counters.abandoned, 1U);
}

TEST(Loops, StopWithConnectionsOpenAndUnused) {
  Running server(two_loops({.delay = {.mean = 1h}}));
  std::deque<RawClient> clients = clients_of(server, 3);
  clients[0].send(request("GET", "/"));
  std::this_thread::sleep_for(50ms);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_EQ(counters.abandoned, 1U);
  for (RawClient& client : clients) EXPECT_TRUE(client.at_end());
  { Running unused(two_loops()); }
  make_engine(two_loops());  // never started
}

}  // namespace
}  // namespace fanout
