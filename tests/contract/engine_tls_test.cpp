// How engine asio speaks TLS, seen by a client that does no more than OpenSSL.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/error.h"
#include "tests/contract/raw_client.h"
#include "wire/tls_stream.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;

ServerConfig config(std::vector<HostBehaviour> hosts) {
  return {
      .engine = EngineKind::asio, .threads = 1, .bind = {}, .port = 0, .hosts = std::move(hosts)};
}

// Trusts whomever it meets.
class TlsRawClient {
 public:
  explicit TlsRawClient(const Endpoint& endpoint, int newest = TLS1_3_VERSION)
      : context_(make_tls_context(TlsSide::client)), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (newest < TLS1_3_VERSION) SSL_CTX_set_min_proto_version(context_.get(), newest);
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
    EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const timeval limit{.tv_sec = kHangLimitMs / 1000, .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    stream_ = TlsStream(context_.get(), fd_.get());
  }

  bool handshake() { return stream_.handshake() == TlsStream::Handshake::done; }
  void send(std::string_view bytes) {
    EXPECT_EQ(stream_.write(bytes), static_cast<ssize_t>(bytes.size()));
  }
  // All up to the end of the connection; whether that was announced.
  std::pair<std::string, bool> receive_all() {
    std::string received;
    std::array<char, 65536> buffer{};
    while (true) {
      const ssize_t bytes = stream_.read(buffer);
      if (bytes <= 0) return {received, bytes == 0};
      received.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
  }

 private:
  TlsContext context_;
  UniqueFd fd_;
  TlsStream stream_;
};

TEST(EngineTls, AnswersAndAnnouncesTheEnd) {
  Running server(config({{.body_bytes = 500'000, .tls = Tls::on}}));
  TlsRawClient client(server.endpoint());
  ASSERT_TRUE(client.handshake());
  client.send(request("GET", token_path(kToken), "Connection: close\r\n"));
  const auto [answer, announced] = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_GT(answer.size(), 500'000U);
  EXPECT_TRUE(announced);
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.answered, 1U);
  EXPECT_EQ(counters.handshakes, 1U);
}

TEST(EngineTls, RejectsWhatIsNotHttp) {
  Running server(config({{.tls = Tls::on}}));
  TlsRawClient client(server.endpoint());
  ASSERT_TRUE(client.handshake());
  client.send("nonsense\r\n\r\n");
  const auto [answer, announced] = client.receive_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400"));
  EXPECT_TRUE(announced);
}

TEST(EngineTls, ResetsWithoutAnnouncingIt) {
  for (const FaultKind kind : {FaultKind::reset, FaultKind::reset_amid_body}) {
    Running server(config({{.body_bytes = 1000, .faults = {{kind}}, .tls = Tls::on}}));
    TlsRawClient client(server.endpoint());
    ASSERT_TRUE(client.handshake());
    client.send(request("GET", token_path(kToken)));
    EXPECT_FALSE(client.receive_all().second) << fault_name(kind);
  }
}

TEST(EngineTls, CountsNothingOfAHandshakeThatFails) {
  Running server(config({{.tls = Tls::on}}));
  {
    RawClient plain(server.endpoint());
    plain.send(request("GET", token_path(kToken)));
    plain.receive();
    TlsRawClient old(server.endpoint(), TLS1_2_VERSION);
    EXPECT_FALSE(old.handshake()) << "only TLS 1.3 is served";
    RawClient silent(server.endpoint());
  }
  const ServerCounters counters = Running::settled(server);
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_EQ(counters.handshakes, 0U);
  EXPECT_EQ(counters.requests, 0U);
  EXPECT_EQ(counters.abandoned, 0U);
}

TEST(EngineTls, StopsAmidHandshakes) {
  Running server(config({{.tls = Tls::on}}));
  const RawClient silent(server.endpoint());
  TlsRawClient idle(server.endpoint());
  ASSERT_TRUE(idle.handshake());
  EXPECT_EQ(Running::settled(server).connections, 2U);
}

TEST(EngineTls, NamesTheAddressesOfItsHostsForADay) {
  const auto engine = make_engine(config({{.tls = Tls::on}, {}, {.tls = Tls::untrusted}}));
  const std::vector<Endpoint> endpoints = engine->start();
  const std::string pem = engine->certificate();
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  ASSERT_NE(certificate, nullptr);
  for (const Endpoint& endpoint : endpoints) {
    EXPECT_EQ(X509_check_ip_asc(certificate, endpoint.address.c_str(), 0), 1) << endpoint.address;
  }
  EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.0.4", 0), 0);
  std::time_t in_an_hour = std::time(nullptr) + 3600;
  std::time_t in_two_days = std::time(nullptr) + 2 * 86'400;
  EXPECT_LT(X509_cmp_time(X509_get0_notBefore(certificate), nullptr), 0);
  EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate), &in_an_hour), 0);
  EXPECT_LT(X509_cmp_time(X509_get0_notAfter(certificate), &in_two_days), 0);
  EXPECT_EQ(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr), nullptr)
      << "clients are told of one certificate only";
  X509_free(certificate);
  BIO_free_all(memory);
}

TEST(EngineTls, TellsOfNoCertificateWithoutTls) {
  const auto engine = make_engine(config({{}}));
  engine->start();
  EXPECT_EQ(engine->certificate(), "");
}

TEST(EngineTls, IsNotOfEngineHttplib) {
  ServerConfig other = config({{.tls = Tls::on}});
  other.engine = EngineKind::httplib;
  EXPECT_THROW(make_engine(other), UsageError);
}

}  // namespace
}  // namespace fanout
