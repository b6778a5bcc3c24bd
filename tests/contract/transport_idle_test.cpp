// A kept connection over which something came while it was idle is not used again, for no method.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <deque>
#include <optional>

#include "local_server/certificate.h"
#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/failure_words.h"
#include "transports/idle_connection.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

// What a server does with a connection that it has answered on and said to keep.
enum class Idle : std::uint8_t { keep, end, reset, unasked, unasked_and_end, ticket };

// Answers each request, one connection after the other. Its first `many` connections get what
// `idle` says once go_on() is called.
class IdleServer {
 public:
  IdleServer(Idle idle, Tls tls, unsigned many = 1) : idle_(idle), many_(many) {
    if (tls == Tls::on) identity_.emplace(make_tls_identity({"127.0.0.1"}));
    std::tie(listener_, port_) = listen_on_loopback(16);
    thread_ = std::jthread([this] { serve(); });
  }
  ~IdleServer() { ::shutdown(listener_.get(), SHUT_RDWR); }
  IdleServer(const IdleServer&) = delete;
  IdleServer& operator=(const IdleServer&) = delete;

  [[nodiscard]] ClientConfig config() const {
    ClientConfig config = config_for({{{"127.0.0.1"}, port_, 200, 2, identity_.has_value()}});
    if (identity_) config.certificates = identity_->certificate;
    return config;
  }
  // Returns once what comes over the first connections is in the client's sockets.
  void go_on() {
    going_on_ = true;
    going_on_.notify_all();
    done_.wait(false);
  }
  [[nodiscard]] unsigned connections() const { return connections_; }
  [[nodiscard]] unsigned requests() const { return requests_; }

 private:
  struct Peer {
    UniqueFd fd;
    TlsStream tls;
  };

  void serve() {
    std::deque<Peer> peers;
    while (true) {
      Peer& peer = peers.emplace_back();
      peer.fd.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer.fd) return;
      ++connections_;
      if (identity_) peer.tls = TlsStream(identity_->context.get(), peer.fd.get());
      answer_one(peer);
      if (connections_ == many_) {
        going_on_.wait(false);
        std::erase_if(peers, [this](Peer& first) { return !keep_after(first); });
        done_ = true;
        done_.notify_all();
      }
      while (many_ == 1 && !peers.empty() && answer_one(peers.back())) {
      }
    }
  }

  bool answer_one(Peer& peer) {
    std::string head;
    std::array<char, 4096> buffer{};
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t bytes =
          peer.tls ? peer.tls.read(buffer) : ::recv(peer.fd.get(), buffer.data(), buffer.size(), 0);
      if (bytes <= 0) return false;
      head.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    ++requests_;
    const std::size_t token_at = head.find(kTokenPathPrefix) + kTokenPathPrefix.size();
    say(peer, fmt::format("HTTP/1.1 200 OK\r\n{}: {}\r\nContent-Length: 2\r\n\r\nok", kTokenHeader,
                          head.substr(token_at, kTokenDigits)));
    return true;
  }

  // Whether the connection is still to be served.
  [[nodiscard]] bool keep_after(Peer& peer) const {
    if (idle_ == Idle::ticket) {
      SSL_new_session_ticket(peer.tls.handle());
      SSL_do_handshake(peer.tls.handle());
    }
    if (idle_ == Idle::unasked || idle_ == Idle::unasked_and_end) {
      say(peer, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    }
    if (idle_ == Idle::reset) {
      const linger at_once{1, 0};
      ::setsockopt(peer.fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (idle_ == Idle::end || idle_ == Idle::unasked_and_end) peer.tls.shut_down();
    return idle_ == Idle::keep || idle_ == Idle::unasked || idle_ == Idle::ticket;
  }

  static void say(Peer& peer, const std::string& bytes) {
    if (peer.tls) {
      EXPECT_GT(peer.tls.write(bytes), 0);
    } else {
      (void)::send(peer.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }

  Idle idle_;
  unsigned many_;
  std::optional<TlsIdentity> identity_;
  std::atomic<bool> going_on_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<unsigned> connections_ = 0;
  std::atomic<unsigned> requests_ = 0;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;  // last: joined first
};

class EveryTransportIdle : public testing::TestWithParam<const Transport*> {
 protected:
  // Makes two requests, between which the connection is idle; both must be answered, and none may
  // have come twice. Returns the number of connections.
  static unsigned connections_for_two(Idle idle, Method method, Tls tls, bool reuse = true) {
    SCOPED_TRACE(fmt::format("idle {}, {}, TLS {}, reuse {}", static_cast<int>(idle), method.name(),
                             tls == Tls::on, reuse));
    IdleServer server(idle, tls);
    ClientConfig config = server.config();
    config.method = method;
    config.reuse = reuse;
    AnyClient client(*GetParam(), config);
    EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
    server.go_on();
    std::this_thread::sleep_for(1ms);  // however fast the machine is: not fresh any more
    EXPECT_EQ(client.fetch(1).outcome, Outcome::ok);
    EXPECT_EQ(server.requests(), 2U);
    return server.connections();
  }
};

constexpr std::array kNoLongerGood{Idle::end, Idle::reset, Idle::unasked, Idle::unasked_and_end};

TEST_P(EveryTransportIdle, LosesNothingToWhatCameMeanwhile) {
  for (const Method method : {Method::get, Method::post}) {
    EXPECT_EQ(connections_for_two(Idle::keep, method, Tls::off), 1U);
    for (const Idle idle : kNoLongerGood) {
      EXPECT_EQ(connections_for_two(idle, method, Tls::off), 2U);
      EXPECT_EQ(connections_for_two(idle, method, Tls::off, false), 2U);
    }
  }
}

TEST_P(EveryTransportIdle, LosesNothingToWhatCameMeanwhileOverTls) {
  if (!GetParam()->tls) return;
  for (const Idle idle : kNoLongerGood) {
    EXPECT_EQ(connections_for_two(idle, Method::post, Tls::on), 2U);
  }
}

// Beast's clients see what the bytes are; libraries may take a new connection for any.
TEST_P(EveryTransportIdle, TakesASessionToResumeForNoEnd) {
  if (!GetParam()->tls) return;
  const unsigned connections = connections_for_two(Idle::ticket, Method::post, Tls::on);
  EXPECT_LE(connections, GetParam()->stack == "beast" ? 1U : 2U);
}

class EveryAsyncTransportIdle : public testing::TestWithParam<const Transport*> {};

// More connections than any library tries before it fails.
TEST_P(EveryAsyncTransportIdle, LosesNothingToManyConnectionsThatEnded) {
  constexpr unsigned kMany = 12;
  for (const Tls tls : {Tls::off, Tls::on}) {
    if (tls == Tls::on && !GetParam()->tls) continue;
    IdleServer server(Idle::end, tls, kMany);
    const ClientConfig config = server.config();
    const AsyncFactory make = async_of(*GetParam())(config);
    const auto client = make(kMany);
    std::array<Request, 2 * kMany> requests;
    unsigned ok = 0;
    for (std::uint32_t i = 0; i < requests.size(); ++i) {
      requests[i] = {i, 0, make_token(1, i)};
      client->start(requests[i], [&](const Response& response) {
        if (response.outcome == Outcome::ok) ++ok;
      });
      if (i + 1 != kMany) continue;
      client->run();
      server.go_on();
    }
    client->run();
    EXPECT_EQ(ok, requests.size()) << "TLS " << (tls == Tls::on);
    EXPECT_EQ(server.requests(), requests.size());
  }
}

// What came over an idle connection is still to be looked at when a callback makes a request.
TEST_P(EveryAsyncTransportIdle, LosesNothingToWhatCameWhileItsLoopWasBusy) {
  for (const Idle idle : kNoLongerGood) {
    SCOPED_TRACE(static_cast<int>(idle));
    IdleServer server(idle, Tls::off);
    ClientConfig config = server.config();
    config.method = Method::post;
    const AsyncFactory make = async_of(*GetParam())(config);
    const auto client = make(1);
    const std::array requests{Request{0, 0, make_token(1, 0)}, Request{1, 0, make_token(1, 1)}};
    unsigned ok = 0;
    const auto start = [&](const Request& request) {
      client->start(request, [&](const Response& response) {
        if (response.outcome == Outcome::ok) ++ok;
      });
    };
    start(requests[0]);
    client->run();
    client->after(0ns, [&] {
      client->after(0ns, [&] { start(requests[1]); });
      std::this_thread::sleep_for(1ms);  // the callback is due before
      server.go_on();
    });
    client->run();
    EXPECT_EQ(ok, 2U);
    EXPECT_EQ(server.requests(), 2U);
  }
}

// What no look prevents: the end comes when the request is on its way. libcurl sends any again.
TEST_P(EveryTransportIdle, SaysWhyAPostIsLostOnItsWay) {
  if (GetParam()->stack == "libcurl") return;
  CannedServer server({{answer(0, "Content-Length: 5\r\n", "abcde"), CannedServer::Then::keep},
                       {"", CannedServer::Then::close}});
  FailureWords words;
  ClientConfig config = server.config();
  config.method = Method::post;
  config.failure_words = &words;
  AnyClient client(*GetParam(), config);
  EXPECT_EQ(client.fetch(0).outcome, Outcome::ok);
  const Response response = client.fetch(1);
  EXPECT_EQ(response.outcome, Outcome::reset);
  EXPECT_EQ(words.at(response.words), kClosedMeanwhile);
  EXPECT_EQ(server.heads().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Idle, EveryAsyncTransportIdle, testing::ValuesIn(networked_async()),
                         row_name);
INSTANTIATE_TEST_SUITE_P(Idle, EveryTransportIdle, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test
