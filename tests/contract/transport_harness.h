// What the tests of the transports share: one way to use any client, and two servers, the real one
// and one that sends exactly the bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "base/token.h"
#include "local_server/engine.h"
#include "transports/registry.h"
#include "transports/verify.h"

namespace fanout::transport_test {

// Of this transport there are clients of the blocking kind, of the asynchronous, or of both.
inline MakeBlockingClient blocking_of(const Transport& transport) {
  const auto* both = std::get_if<MakeEitherClient>(&transport.make);
  if (both != nullptr) return both->blocking;
  const auto* make = std::get_if<MakeBlockingClient>(&transport.make);
  return make != nullptr ? *make : nullptr;
}
inline MakeAsyncClient async_of(const Transport& transport) {
  const auto* both = std::get_if<MakeEitherClient>(&transport.make);
  if (both != nullptr) return both->async;
  const auto* make = std::get_if<MakeAsyncClient>(&transport.make);
  return make != nullptr ? *make : nullptr;
}

// A client of either kind, used for one request at a time.
class AnyClient {
 public:
  AnyClient(const Transport& transport, const ClientConfig& config) {
    if (const MakeBlockingClient make = blocking_of(transport)) {
      blocking_ = make(config);
    } else {
      async_ = async_of(transport)(config);
    }
  }

  Response fetch(const Request& request) {
    if (blocking_) return blocking_->fetch(request);
    Response response;
    int calls = 0;
    async_->start(request, [&](const Response& ended) {
      response = ended;
      ++calls;
    });
    EXPECT_EQ(calls, 0) << "done called from within start";
    async_->run();
    EXPECT_EQ(calls, 1);
    return response;
  }

  // The request with this number, to this target.
  Response fetch(std::uint32_t index, std::uint32_t target = 0) {
    return fetch(Request{index, target, make_token(1, index)});
  }

 private:
  std::unique_ptr<BlockingClient> blocking_;
  std::unique_ptr<AsyncClient> async_;
};

// Timeouts are far beyond what a test takes: only a hang meets them.
inline ClientConfig config_for(std::vector<Target> targets) {
  ClientConfig config;
  config.targets = std::move(targets);
  config.connect_timeout = std::chrono::seconds(10);
  config.timeout = std::chrono::seconds(20);
  return config;
}

// The real server, with these hosts.
class LocalServer {
 public:
  explicit LocalServer(const HostBehaviour& host) : LocalServer(std::vector{host}) {}
  explicit LocalServer(std::vector<HostBehaviour> hosts) : hosts_(std::move(hosts)) {
    ServerConfig config;
    config.hosts = hosts_;
    engine_ = make_engine(config);
    endpoints_ = engine_->start();
  }

  // A client's view of it, expecting what the hosts answer.
  [[nodiscard]] ClientConfig config() const {
    std::vector<Target> targets;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      targets.push_back({endpoints_[i].address, endpoints_[i].port,
                         static_cast<std::uint16_t>(hosts_[i].status), hosts_[i].body_bytes});
    }
    return config_for(std::move(targets));
  }

  ServerCounters stop() { return engine_->stop(); }

 private:
  std::vector<HostBehaviour> hosts_;
  std::unique_ptr<Engine> engine_;
  std::vector<Endpoint> endpoints_;
};

// A listening socket on a fresh port of 127.0.0.1.
inline std::pair<UniqueFd, std::uint16_t> listen_on_loopback(int backlog) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(fd.get(), backlog), 0);
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return {std::move(fd), ntohs(address.sin_port)};
}

// Serves one connection at a time. The n-th request is answered by the n-th act, later ones by the
// last. Clients must be gone before it is destroyed.
class CannedServer {
 public:
  enum class Then : std::uint8_t { keep, close, reset };
  struct Act {
    std::string bytes;  // empty and keep: no answer at all
    Then then = Then::close;
  };

  explicit CannedServer(std::vector<Act> acts) : acts_(std::move(acts)) {
    std::tie(listener_, port_) = listen_on_loopback(16);
    thread_ = std::jthread([this] { serve(); });
  }
  ~CannedServer() { ::shutdown(listener_.get(), SHUT_RDWR); }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  [[nodiscard]] ClientConfig config(std::uint64_t expected_body_bytes = 5) const {
    return config_for({{"127.0.0.1", port_, 200, expected_body_bytes}});
  }

 private:
  void serve() {
    while (true) {
      const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      while (receive_head(client.get()) && act(client.get())) {
      }
    }
  }

  static bool receive_head(int fd) {
    std::string head;
    std::array<char, 4096> buffer{};
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t bytes = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (bytes <= 0) return false;
      head.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    return true;
  }

  // Whether the connection is to be kept.
  bool act(int fd) {
    const Act& act = acts_[std::min(next_++, acts_.size() - 1)];
    (void)::send(fd, act.bytes.data(), act.bytes.size(), MSG_NOSIGNAL);
    if (act.then == Then::reset) {
      // What was sent should be read before the reset discards it.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      const linger at_once{1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    return act.then == Then::keep;
  }

  std::vector<Act> acts_;
  std::size_t next_ = 0;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;  // last: joined first
};

// A right answer to request `index` of AnyClient::fetch, with these fields and this body.
inline std::string answer(std::uint32_t index, std::string_view fields, std::string_view body) {
  const TokenText token = token_text(make_token(1, index));
  return "HTTP/1.1 200 OK\r\n" + std::string(kTokenHeader) + ": " +
         std::string(token.data(), token.size()) + "\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}

// Every transport that has a network.
inline std::vector<const Transport*> networked() {
  std::vector<const Transport*> rows;
  for (const Transport* row : transports()) {
    if (row->name != "null") rows.push_back(row);
  }
  return rows;
}
inline std::vector<const Transport*> networked_async() {
  std::vector<const Transport*> rows;
  for (const Transport* row : networked()) {
    if (async_of(*row) != nullptr) rows.push_back(row);
  }
  return rows;
}
inline std::string row_name(const testing::TestParamInfo<const Transport*>& info) {
  return std::string(info.param->name);
}

inline std::ostream& operator<<(std::ostream& out, const Transport* row) {
  return out << row->name;
}

}  // namespace fanout::transport_test

namespace fanout {
inline void PrintTo(Outcome outcome, std::ostream* out) { *out << outcome_name(outcome); }
}  // namespace fanout
