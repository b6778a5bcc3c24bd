// What every transport makes of faults: the same fault has the same name in all of them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;
using Then = CannedServer::Then;

// Without TLS, and with it if the transport speaks it.
std::vector<Tls> plain_and_tls(const Transport& transport) {
  return transport.tls ? std::vector{Tls::off, Tls::on} : std::vector{Tls::off};
}

class EveryTransportFault : public testing::TestWithParam<const Transport*> {
 protected:
  static Response one(const ClientConfig& config) {
    return AnyClient(*GetParam(), config).fetch(0);
  }
};

TEST_P(EveryTransportFault, Refused) {
  const auto [bound, port] = refuse_on_loopback();
  const ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::refused);
}

// Descriptors run out for this process alone, and come back when this goes.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_P(EveryTransportFault, NoDescriptorLeft) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan looks at objects through a pipe, for which no descriptor is left either";
#endif
  const auto [bound, port] = refuse_on_loopback();  // no server: that needs some, too
  const ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  AnyClient client(*GetParam(), config);
  const NoDescriptors none;
  (void)client.fetch(0);  // some have opened a socket beforehand
  // cpp-httplib says of a socket it cannot make what it says of a refused connection.
  const bool coarse = GetParam()->stack == "httplib";
  EXPECT_EQ(client.fetch(1).outcome, coarse ? Outcome::refused : Outcome::no_descriptor);
}

TEST_P(EveryTransportFault, NoConnectionInTime) {
  // A listener that accepts nothing, with its queue full, leaves further ones unanswered.
  const auto [listener, port] = listen_on_loopback(0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::array<UniqueFd, 4> fillers;
  for (UniqueFd& filler : fillers) {
    filler.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    (void)::connect(filler.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  config.connect_timeout = 100ms;
  EXPECT_EQ(one(config).outcome, Outcome::connect_timeout);
  config.connect_timeout = 10s;
  config.timeout = 100ms;
  EXPECT_EQ(one(config).outcome, Outcome::timeout);
}

TEST_P(EveryTransportFault, NoAnswerInTime) {
  for (const Tls tls : plain_and_tls(*GetParam())) {
    LocalServer server(HostBehaviour{.faults = {{FaultKind::hang}}, .tls = tls});
    ClientConfig config = server.config();
    config.timeout = 600ms;
    config.connect_timeout = 500ms;  // connecting succeeds: not what is reported
    AnyClient client(*GetParam(), config);
    for (std::uint32_t i = 0; i < 2; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::timeout);
  }
}

TEST_P(EveryTransportFault, NoAnswerInTimeOnAKeptConnection) {
  CannedServer server({{answer(0, "Content-Length: 5\r\n", "abcde"), Then::keep},
                       {"", Then::keep},
                       {answer(2, "Content-Length: 5\r\n", "abcde"), Then::keep}});
  ClientConfig config = server.config();
  config.timeout = 200ms;
  config.connect_timeout = 50ms;
  AnyClient client(*GetParam(), config);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  EXPECT_EQ(client.fetch(1).outcome, Outcome::timeout);
  EXPECT_EQ(client.fetch(2).outcome, Outcome::ok);
}

TEST_P(EveryTransportFault, AnswerThatStopsAmidTheBody) {
  CannedServer server({{answer(0, "Content-Length: 5\r\n", "abc"), Then::keep}});
  ClientConfig config = server.config();
  config.timeout = 200ms;
  const Response response = one(config);
  EXPECT_EQ(response.outcome, Outcome::timeout);
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body_bytes, 3U);
}

// How the answer to two requests in turn ends if this fault cuts it short.
void expect_truncated(const Transport& transport, const HostBehaviour& host) {
  LocalServer server(host);
  const ClientConfig config = server.config();
  AnyClient client(transport, config);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const Response response = client.fetch(i);
    EXPECT_EQ(response.outcome, Outcome::truncated);
    EXPECT_EQ(response.status, 200U);
    EXPECT_LT(response.body_bytes, host.body_bytes);
  }
  EXPECT_EQ(server.stop().connections, 2U) << "a failed connection is not kept";
}

TEST_P(EveryTransportFault, LostAmidTheBody) {
  for (const Tls tls : plain_and_tls(*GetParam())) {
    for (const FaultKind fault : {FaultKind::reset_amid_body, FaultKind::truncate}) {
      for (const std::uint64_t size : {100U, 1U << 20}) {
        SCOPED_TRACE(
            fmt::format("{} amid {} bytes, TLS {}", fault_name(fault), size, tls == Tls::on));
        expect_truncated(*GetParam(), {.body_bytes = size, .faults = {{fault}}, .tls = tls});
      }
    }
  }
}

TEST_P(EveryTransportFault, LostAmidAChunk) {
  const std::string start = answer(0, "Transfer-Encoding: chunked\r\n", "5\r\nab");
  for (const Then then : {Then::close, Then::reset}) {
    CannedServer server({{start, then}});
    EXPECT_EQ(one(server.config()).outcome, Outcome::truncated);
  }
}

TEST_P(EveryTransportFault, LostBeforeTheHeaderEnds) {
  for (const std::string bytes : {"", "HTTP/1.1 200 OK\r\nContent-Le"}) {
    for (const Then then : {Then::close, Then::reset}) {
      CannedServer server({{bytes, then}});
      const ClientConfig config = server.config();
      const Response response = one(config);
      EXPECT_EQ(response.outcome, Outcome::reset) << "after '" << bytes << "'";
      EXPECT_EQ(response.body_bytes, 0U);
    }
  }
}

TEST_P(EveryTransportFault, WrongLength) {
  CannedServer server({{answer(0, "Content-Length: 4\r\n", "abcd")}});
  EXPECT_EQ(one(server.config()).outcome, Outcome::bad_length);
}

TEST_P(EveryTransportFault, WrongToken) {
  for (const std::string fields : {"X-Fanout-Token: 0123456789abcdef\r\n", "",
                                   "X-Fanout-Token: 0123456789abcdef0123456789\r\n"}) {
    CannedServer server({{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + fields + "\r\nabcde"}});
    EXPECT_EQ(one(server.config()).outcome, Outcome::bad_token) << fields;
  }
}

TEST_P(EveryTransportFault, NotHttp) {
  CannedServer server({{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\nand more of it\r\n\r\n"}});
  // A library may not tell what is not HTTP from no answer (cpp-httplib does not).
  EXPECT_THAT(one(server.config()).outcome, testing::AnyOf(Outcome::protocol, Outcome::reset));
}

TEST_P(EveryTransportFault, DoesNotFollowRedirects) {
  CannedServer server(
      {{"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", Then::keep}});
  const Response response = one(server.config());
  EXPECT_EQ(response.outcome, Outcome::bad_status);
  EXPECT_EQ(response.status, 302U);
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransportFault, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test
