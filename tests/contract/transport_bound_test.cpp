// How many idle connections clients keep when they ask more hosts than they may keep connections
// to.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kHosts = 8;
constexpr unsigned kIdle = 3;

// The port that a socket of this process is connected to; 0: none.
std::uint16_t peer_port(int fd) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const bool connected = ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  return connected && peer.sin_family == AF_INET ? ntohs(peer.sin_port) : 0;
}

// The connections of this process to the targets; the server's ends of them are others.
unsigned connections_to(const std::vector<Target>& targets) {
  unsigned count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const std::uint16_t port = peer_port(std::stoi(entry.path().filename()));
    if (port != 0 && std::ranges::find(targets, port, &Target::port) != targets.end()) ++count;
  }
  return count;
}

class EveryTransportBound : public testing::TestWithParam<const Transport*> {
 protected:
  // libcurl bounds those in use with the idle ones.
  static unsigned most(unsigned slots) {
    return kIdle + (GetParam()->stack == "libcurl" ? slots : 0);
  }
};

TEST_P(EveryTransportBound, KeepsNoMoreThanItMay) {
  for (const Tls tls : {Tls::off, Tls::on}) {
    if (tls == Tls::on && !GetParam()->tls) continue;
    LocalServer server(std::vector(kHosts, HostBehaviour{.tls = tls}));
    ClientConfig config = server.config();
    config.max_idle = kIdle;
    AnyClient client(*GetParam(), config);
    for (unsigned i = 0; i < 3 * kHosts; ++i) {
      ASSERT_EQ(client.fetch(i, i % kHosts).outcome, Outcome::ok);
      EXPECT_LE(connections_to(config.targets), most(1));
      std::this_thread::sleep_for(2ms);  // libcurl tells their ages apart by milliseconds
    }
    EXPECT_GE(connections_to(config.targets), kIdle);
    // The ones it used last are those it kept.
    EXPECT_FALSE(client.fetch(100, kHosts - 1).connected);
    EXPECT_FALSE(client.fetch(101, kHosts - 2).connected);
    EXPECT_TRUE(client.fetch(102, 0).connected);
  }
}

TEST_P(EveryTransportBound, KeepsNoneWithoutReuse) {
  LocalServer server(std::vector(kHosts, HostBehaviour{}));
  ClientConfig config = server.config();
  config.max_idle = kIdle;
  config.reuse = false;
  AnyClient client(*GetParam(), config);
  for (unsigned i = 0; i < 2 * kHosts; ++i) {
    ASSERT_EQ(client.fetch(i, i % kHosts).outcome, Outcome::ok);
    EXPECT_EQ(connections_to(config.targets), 0U);
  }
}

TEST_P(EveryTransportBound, KeepsItsShareOfThoseOfAllClients) {
  if (async_of(*GetParam()) == nullptr) return;
  constexpr unsigned kSlots = 4;
  LocalServer server(std::vector(kHosts, HostBehaviour{}));
  ClientConfig config = server.config();
  config.max_idle = 2 * kIdle;
  config.workers = 2 * kSlots;  // of two clients
  const AsyncFactory make = async_of(*GetParam())(config);
  const auto client = make(kSlots);
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < 200; ++i) requests.push_back({i, i % kHosts, make_token(2, i)});
  unsigned next = 0;
  unsigned ok = 0;
  const std::function<void()> start_next = [&] {
    if (next == requests.size()) return;
    client->start(requests[next++], [&](const Response& response) {
      if (response.outcome == Outcome::ok) ++ok;
      EXPECT_LE(connections_to(config.targets), kIdle + kSlots);
      start_next();
    });
  };
  for (unsigned i = 0; i < kSlots; ++i) start_next();
  client->run();
  EXPECT_EQ(ok, requests.size());
  EXPECT_LE(connections_to(config.targets), most(kSlots));
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransportBound, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test
