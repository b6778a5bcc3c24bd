// What every transport says of TLS that fails, and the forms of it that must not fail.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "local_server/certificate.h"
#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/failure_sentences.h"
#include "transports/failure_words.h"

namespace fanout::transport_test {
namespace {

// Answers one request on each connection, with a TLS of its own making.
class TlsServer {
 public:
  using Adjust = std::function<void(ssl_ctx_st*)>;

  explicit TlsServer(const Adjust& adjust) : identity_(make_tls_identity({"127.0.0.1"})) {
    adjust(identity_.context.get());
    std::tie(listener_, port_) = listen_on_loopback(16);
    thread_ = std::jthread([this] { serve(); });
  }
  ~TlsServer() { ::shutdown(listener_.get(), SHUT_RDWR); }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  [[nodiscard]] ClientConfig config() const {
    ClientConfig config = config_for({{{"127.0.0.1"}, port_, 200, 5, true}});
    config.certificates = identity_.certificate;
    return config;
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      TlsStream tls(identity_.context.get(), client.get());
      std::array<char, 4096> request{};
      if (tls.handshake() != TlsStream::Handshake::done || tls.read(request) <= 0) continue;
      (void)tls.write(answer(0, "Content-Length: 5\r\n", "abcde"));
      tls.shut_down();
    }
  }

  TlsIdentity identity_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;  // last: joined first
};

// A client's certificate with its key, in one file.
class CertificateFile {
 public:
  CertificateFile()
      : identity_(make_tls_identity({"127.0.0.2"})),
        path_(testing::TempDir() + "fanout-client-" + std::to_string(::getpid()) + ".pem") {
    std::FILE* file = std::fopen(path_.c_str(), "w");
    PEM_write_X509(file, SSL_CTX_get0_certificate(identity_.context.get()));
    PEM_write_PrivateKey(file, SSL_CTX_get0_privatekey(identity_.context.get()), nullptr, nullptr,
                         0, nullptr, nullptr);
    std::fclose(file);
  }
  ~CertificateFile() { std::filesystem::remove(path_); }
  CertificateFile(const CertificateFile&) = delete;
  CertificateFile& operator=(const CertificateFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  // Makes a server demand it.
  void demand(ssl_ctx_st* server) const {
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_purpose(server, X509_PURPOSE_ANY);  // it is made for servers
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server),
                        SSL_CTX_get0_certificate(identity_.context.get()));
  }

 private:
  TlsIdentity identity_;
  std::string path_;
};

void speak_1_2(ssl_ctx_st* server) {
  SSL_CTX_set_min_proto_version(server, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(server, TLS1_2_VERSION);
}

class EveryTransportTlsWords : public testing::TestWithParam<const Transport*> {
 protected:
  // How a request ends, in words: "tls: hostname mismatch".
  static std::string end_of(ClientConfig config) {
    FailureWords words;
    config.failure_words = &words;
    const Response response = AnyClient(*GetParam(), config).fetch(0);
    const std::string_view why = words.at(response.words);
    return std::string(outcome_name(response.outcome)) + (why.empty() ? "" : ": ") +
           std::string(why);
  }
};

TEST_P(EveryTransportTlsWords, Version12IsSpoken) {
  TlsServer server(&speak_1_2);
  EXPECT_EQ(end_of(server.config()), "ok");
}

TEST_P(EveryTransportTlsWords, ACertificateIsShownToWhomDemandsOne) {
  const CertificateFile shown;
  TlsServer modern([&](ssl_ctx_st* server) { shown.demand(server); });
  TlsServer old([&](ssl_ctx_st* server) {
    shown.demand(server);
    speak_1_2(server);
  });
  // Which one depends on whether the alert is there when libcurl sends its request.
  EXPECT_THAT(end_of(modern.config()),
              testing::AnyOf("tls: TLS alert: certificate required",
                             "tls: the server asked for a certificate and ended the connection; "
                             "show one with --cert"));
  EXPECT_EQ(end_of(old.config()), "tls: TLS alert: handshake failure");
  for (const TlsServer* server : {&modern, &old}) {
    ClientConfig config = server->config();
    config.certificate_file = shown.path();
    EXPECT_EQ(end_of(config), "ok");
  }
}

TEST_P(EveryTransportTlsWords, ACertificateThatIsNotTrusted) {
  TlsServer server([](ssl_ctx_st*) {});
  ClientConfig config = server.config();
  config.certificates = make_tls_identity({"127.0.0.1"}).certificate;
  EXPECT_EQ(end_of(config), "tls: self-signed certificate; SSL_CERT_FILE names those to trust");
  config = server.config();
  config.targets[0].name = "elsewhere.test";
  EXPECT_EQ(end_of(config), "tls: hostname mismatch");
}

TEST_P(EveryTransportTlsWords, AServerThatSpeaksNoTls) {
  LocalServer server(HostBehaviour{});
  ClientConfig config = server.config();
  config.targets[0].tls = true;
  EXPECT_EQ(end_of(config), "tls: " + std::string(sentence::kNoTls));
}

TEST_P(EveryTransportTlsWords, ADotAtTheEndOfANameIsNoPartOfItInTls) {
  LocalServer server(HostBehaviour{.tls = Tls::on});
  ClientConfig config = server.config();
  config.targets[0].name = "localhost.";
  EXPECT_EQ(end_of(config), "ok");
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryTransportTlsWords,
                         testing::ValuesIn(with_tls(networked())), row_name);

}  // namespace
}  // namespace fanout::transport_test
