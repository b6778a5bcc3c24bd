// What every transport makes of TLS: the same answers, handshakes and failures as all others.
#include <gtest/gtest.h>

#include "local_server/certificate.h"
#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

// Answers one request with half of what it announces, and closes without telling so.
class CutShort {
 public:
  CutShort() : identity_(make_tls_identity({"127.0.0.1"})) {
    std::tie(listener_, port_) = listen_on_loopback(1);
    thread_ = std::jthread([this] { serve(); });
  }

  [[nodiscard]] ClientConfig config() const {
    ClientConfig config = config_for({{{"127.0.0.1"}, port_, 200, 10, true}});
    config.certificates = identity_.certificate;
    return config;
  }

 private:
  void serve() {
    const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    TlsStream tls(identity_.context.get(), client.get());
    std::array<char, 4096> request{};
    EXPECT_EQ(tls.handshake(), TlsStream::Handshake::done);
    EXPECT_GT(tls.read(request), 0);
    EXPECT_GT(tls.write(answer(0, "Content-Length: 10\r\n", "abcde")), 0);
    ::shutdown(client.get(), SHUT_WR);
    while (::recv(client.get(), request.data(), request.size(), 0) > 0) {
    }
  }

  TlsIdentity identity_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;  // last: joined first
};

class EveryTransportTls : public testing::TestWithParam<const Transport*> {
 protected:
  static Response one(const ClientConfig& config) {
    return AnyClient(*GetParam(), config).fetch(0);
  }
};

TEST_P(EveryTransportTls, AcceptsWhatIsExpected) {
  for (const std::uint64_t size : {0U, 1U, 115U, 1U << 20}) {
    LocalServer server(HostBehaviour{.body_bytes = size, .tls = Tls::on});
    const Response response = one(server.config());
    EXPECT_EQ(response.outcome, Outcome::ok) << size << " bytes";
    EXPECT_EQ(response.status, 200U);
    EXPECT_EQ(response.body_bytes, size);
    const ServerCounters counters = server.stop();
    EXPECT_EQ(counters.unique_tokens, 1U);
    EXPECT_EQ(counters.connections, 1U);
    EXPECT_EQ(counters.handshakes, 1U);
    EXPECT_EQ(counters.resumed, 0U);
  }
}

TEST_P(EveryTransportTls, ShakesHandsOnceForManyRequests) {
  LocalServer server(HostBehaviour{.delay = {.mean = 1ms}, .tls = Tls::on});
  const ClientConfig config = server.config();
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 20; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.unique_tokens, 20U);
  EXPECT_EQ(counters.connections, 1U);
  EXPECT_EQ(counters.handshakes, 1U);
}

TEST_P(EveryTransportTls, ShakesHandsForEachRequestWithoutReuse) {
  LocalServer server(HostBehaviour{.tls = Tls::on});
  ClientConfig config = server.config();
  config.reuse = false;
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 10U);
  EXPECT_EQ(counters.handshakes, 10U);
  EXPECT_EQ(counters.resumed, 9U);
}

TEST_P(EveryTransportTls, MovesLargeBodiesBothWays) {
  LocalServer server(HostBehaviour{.body_bytes = 1 << 20, .tls = Tls::on});
  ClientConfig config = server.config();
  config.method = Method::post;
  config.request_body_bytes = 1 << 20;
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Response response = client.fetch(i);
    EXPECT_EQ(response.outcome, Outcome::ok);
    EXPECT_EQ(response.body_bytes, 1U << 20);
  }
  EXPECT_EQ(server.stop().connections, 1U);
}

TEST_P(EveryTransportTls, MakesHeadRequests) {
  LocalServer server(HostBehaviour{.tls = Tls::on});
  ClientConfig config = server.config();
  config.method = Method::head;
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
  EXPECT_EQ(server.stop().handshakes, 1U);
}

TEST_P(EveryTransportTls, KeepsPlainAndEncryptedTargetsApart) {
  LocalServer server(std::vector<HostBehaviour>{
      {.body_bytes = 10, .tls = Tls::on}, {.body_bytes = 20}, {.body_bytes = 30, .tls = Tls::on}});
  const ClientConfig config = server.config();
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 30; ++i) EXPECT_EQ(client.fetch(i, i % 3).outcome, Outcome::ok);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_EQ(counters.handshakes, 2U);
}

TEST_P(EveryTransportTls, RejectsACertificateItWasNotTold) {
  LocalServer server(std::vector<HostBehaviour>{{.tls = Tls::untrusted}, {.tls = Tls::on}});
  const ClientConfig config = server.config();
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::tls);
  EXPECT_EQ(server.stop().requests, 0U) << "nothing may reach a server that is not trusted";
}

TEST_P(EveryTransportTls, RejectsWhatTheSystemDoesNotTrust) {
  LocalServer server(HostBehaviour{.tls = Tls::on});
  ClientConfig config = server.config();
  config.certificates.clear();
  EXPECT_EQ(one(config).outcome, Outcome::tls);
  EXPECT_EQ(server.stop().requests, 0U);
}

// The server is asked by an address that its certificate does not name.
TEST_P(EveryTransportTls, RejectsACertificateForAnotherAddress) {
  LocalServer server({{.tls = Tls::on}}, EngineKind::asio, "0.0.0.0");
  ClientConfig config = server.config();
  config.targets[0].addresses = {"127.0.0.1"};
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 2; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::tls);
  EXPECT_EQ(server.stop().requests, 0U);
}

TEST_P(EveryTransportTls, KnowsAServerByItsName) {
  LocalServer server(HostBehaviour{.tls = Tls::on});
  ClientConfig config = server.config();
  config.targets[0].name = "localhost";
  EXPECT_EQ(one(config).outcome, Outcome::ok);
  config.targets[0].name = "elsewhere.test";
  EXPECT_EQ(one(config).outcome, Outcome::tls) << "the address alone does not do";
  EXPECT_EQ(server.stop().requests, 1U);
}

TEST_P(EveryTransportTls, RejectsAServerWithoutTls) {
  LocalServer server(HostBehaviour{});
  ClientConfig config = server.config();
  config.targets[0].tls = true;
  EXPECT_EQ(one(config).outcome, Outcome::tls);
  EXPECT_EQ(server.stop().requests, 0U);
}

TEST_P(EveryTransportTls, NamesAConnectionThatIsRefused) {
  const auto [bound, port] = refuse_on_loopback();
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  config.targets[0].tls = true;
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 2; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::refused);
}

// Connected by the kernel, and never answered: the handshake is part of connecting.
TEST_P(EveryTransportTls, NoHandshakeInTime) {
  const auto [listener, port] = listen_on_loopback(16);
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  config.targets[0].tls = true;
  config.connect_timeout = 100ms;
  EXPECT_EQ(one(config).outcome, Outcome::connect_timeout);
  config.connect_timeout = 10s;
  config.timeout = 100ms;
  EXPECT_EQ(one(config).outcome, Outcome::timeout);
}

TEST_P(EveryTransportTls, LostBeforeTheAnswer) {
  LocalServer server(HostBehaviour{.faults = {{FaultKind::reset}}, .tls = Tls::on});
  const ClientConfig config = server.config();
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::reset);
}

TEST_P(EveryTransportTls, LostAmidTheBodyWithoutNotice) {
  CutShort server;
  const Response response = one(server.config());
  EXPECT_EQ(response.outcome, Outcome::truncated);
  EXPECT_EQ(response.body_bytes, 5U);
}

TEST_P(EveryTransportTls, ReadsABodyThatComesInPieces) {
  LocalServer server(HostBehaviour{
      .body_bytes = 1000, .faults = {{FaultKind::drip, 1, 503, {}, 50ms}}, .tls = Tls::on});
  EXPECT_EQ(one(server.config()).outcome, Outcome::ok);
}

TEST_P(EveryTransportTls, ReplacesAConnectionTheServerHasClosed) {
  LocalServer server(HostBehaviour{.tls = Tls::on, .close_after = 2});
  const ClientConfig config = server.config();
  AnyClient client(*GetParam(), config);
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ(client.fetch(i).outcome, Outcome::ok);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.handshakes, 3U);
  EXPECT_EQ(counters.unique_tokens, 6U);
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransportTls, testing::ValuesIn(with_tls(networked())),
                         row_name);

}  // namespace
}  // namespace fanout::transport_test
