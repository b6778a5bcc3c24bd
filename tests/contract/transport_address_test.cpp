// Where every transport connects to: IPv4, IPv6, Unix sockets, and nowhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <set>
#include <thread>

#include "base/file.h"
#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/failure_words.h"
#include "transports/unresolved.h"

namespace fanout::transport_test {
namespace {

using testing::HasSubstr;

class EveryTransportAddress : public testing::TestWithParam<const Transport*> {};

TEST_P(EveryTransportAddress, SpeaksIPv6) {
  for (const Tls tls : {Tls::off, Tls::on}) {
    if (tls == Tls::on && !GetParam()->tls) continue;
    LocalServer server({HostBehaviour{.tls = tls}}, EngineKind::asio, "::1");
    const ClientConfig config = server.config();
    ASSERT_EQ(config.targets[0].addresses.front(), "::1");
    AnyClient client(*GetParam(), config);
    EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
    EXPECT_EQ(client.fetch(1).outcome, Outcome::ok);
    EXPECT_EQ(server.stop().connections, 1U);
  }
}

// Accepts so many connections and ends each; returns the last bytes of their addresses.
std::set<unsigned> sources_of(int listener, unsigned connections) {
  std::set<unsigned> last_bytes;
  for (unsigned i = 0; i < connections; ++i) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const UniqueFd client(
        ::accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC));
    last_bytes.insert(ntohl(peer.sin_addr.s_addr) - INADDR_LOOPBACK + 1);
  }
  return last_bytes;
}

TEST_P(EveryTransportAddress, ComesFromAsManyAddressesAsItIsTold) {
  constexpr unsigned kConnections = 24;  // all by chance from one of three: once in 10^11 times
  const auto [listener, port] = listen_on_loopback(16);
  ClientConfig config = config_for({{{"127.0.0.1"}, port, 200, 5}});
  for (const unsigned sources : {1U, 3U}) {
    config.targets[0].source_addresses = sources;
    std::set<unsigned> seen;
    std::jthread server([&, fd = listener.get()] { seen = sources_of(fd, kConnections); });
    AnyClient client(*GetParam(), config);
    for (unsigned i = 0; i < kConnections; ++i) (void)client.fetch(i);
    server.join();
    EXPECT_GE(*seen.begin(), 1U);
    EXPECT_LE(*seen.rbegin(), sources);
    EXPECT_EQ(seen.size() > 1, sources > 1);
  }
}

// Three targets of one client, of which the sockets opened beforehand fit one at most.
TEST_P(EveryTransportAddress, ReachesTargetsOfEveryKind) {
  const std::string path = temporary_folder() + "/fanout-" + std::to_string(::getpid()) + ".sock";
  const std::vector<CannedServer::Act> acts{
      {answer(0, "Content-Length: 2\r\n", "ok"), CannedServer::Then::keep},
      {answer(1, "Content-Length: 2\r\n", "ok"), CannedServer::Then::keep}};
  {
    CannedServer local(acts, listen_on_path(path));
    CannedServer four(acts);
    LocalServer six({HostBehaviour{}}, EngineKind::asio, "::1");
    ClientConfig config = six.config();
    config.targets.push_back(four.config(2).targets[0]);
    config.targets.push_back({.addresses = {},
                              .port = 80,
                              .expected_body_bytes = 2,
                              .name = "localhost",
                              .unix_socket = path});
    AnyClient client(*GetParam(), config);
    for (std::uint32_t target = 0; target < 3; ++target) {
      EXPECT_EQ(client.fetch(0, target).outcome, Outcome::ok) << target;
      EXPECT_EQ(client.fetch(1, target).outcome, Outcome::ok) << target;
    }
    ASSERT_EQ(local.heads().size(), 2U);
    EXPECT_THAT(local.heads()[0], HasSubstr("\r\nHost: localhost\r\n"));
  }
  ::unlink(path.c_str());
}

TEST_P(EveryTransportAddress, NamesAnIPv6AddressInBrackets) {
  LocalServer port_of({HostBehaviour{}}, EngineKind::asio, "::1");
  const std::uint16_t port = port_of.config().targets[0].port;
  port_of.stop();
  UniqueFd listener(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  address.sin6_port = htons(port);
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener.get(), 16), 0);
  CannedServer server({{answer(0, "Content-Length: 2\r\n", "ok")}}, std::move(listener));
  const ClientConfig config = config_for({{{"::1"}, port, 200, 2}});
  EXPECT_EQ(AnyClient(*GetParam(), config).fetch(0).outcome, Outcome::ok);
  EXPECT_THAT(server.heads()[0], HasSubstr("\r\nHost: [::1]:" + std::to_string(port) + "\r\n"));
}

TEST_P(EveryTransportAddress, EndsRequestsToNamesWithoutAnAddress) {
  CannedServer server({{answer(1, "Content-Length: 2\r\n", "ok")}});
  ClientConfig config = server.config(2);
  config.targets.insert(
      config.targets.begin(),
      {.addresses = {}, .port = 80, .name = "nowhere.invalid", .unresolved = "Name not known"});
  FailureWords words;
  config.failure_words = &words;
  Response missing;
  Response found;
  const Request to_nowhere{0, 0, make_token(1, 0)};
  const Request to_server{1, 1, make_token(1, 1)};
  if (const PrepareBlocking prepare = blocking_of(*GetParam())) {
    const BlockingFactory make = prepare_clients(prepare, config);
    const auto client = make();
    missing = client->fetch(to_nowhere);
    found = client->fetch(to_server);
  } else {
    const AsyncFactory make = prepare_clients(async_of(*GetParam()), config);
    const auto client = make(1);
    client->start(to_nowhere, [&](const Response& response) { missing = response; });
    EXPECT_EQ(missing.outcome, Outcome::none) << "done called from within start";
    client->run();
    client->start(to_server, [&](const Response& response) { found = response; });
    client->run();
  }
  EXPECT_EQ(missing.outcome, Outcome::dns);
  EXPECT_EQ(words.at(missing.words), "Name not known");
  EXPECT_EQ(found.outcome, Outcome::ok);
}

INSTANTIATE_TEST_SUITE_P(Address, EveryTransportAddress, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test
