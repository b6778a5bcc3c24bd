// A server for the tests of the transports that sends exactly the bytes it is told to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "tests/contract/transport_harness.h"
#include "wire/token.h"

namespace fanout::transport_test {

// A socket on a fresh port of 127.0.0.1. It refuses connections, and keeps the port from others.
inline std::pair<UniqueFd, std::uint16_t> refuse_on_loopback() {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return {std::move(fd), ntohs(address.sin_port)};
}

// The same, listening.
inline std::pair<UniqueFd, std::uint16_t> listen_on_loopback(int backlog) {
  auto bound = refuse_on_loopback();
  EXPECT_EQ(::listen(bound.first.get(), backlog), 0);
  return bound;
}

// A Unix socket at this path, listening.
inline UniqueFd listen_on_path(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::ranges::copy(path, address.sun_path);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd.get(), 16), 0);
  return fd;
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
  // The same on a socket that listens already.
  CannedServer(std::vector<Act> acts, UniqueFd listener)
      : acts_(std::move(acts)), listener_(std::move(listener)) {
    thread_ = std::jthread([this] { serve(); });
  }
  ~CannedServer() { ::shutdown(listener_.get(), SHUT_RDWR); }
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  [[nodiscard]] ClientConfig config(std::uint64_t expected_body_bytes = 5) const {
    return config_for({{{"127.0.0.1"}, port_, 200, expected_body_bytes}});
  }

  // The heads of the requests received so far, each followed by its body.
  std::vector<std::string> heads() {
    const std::lock_guard lock(mutex_);
    return heads_;
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

  static bool is_whole(const std::string& request) {
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t end = request.find("\r\n\r\n");
    const std::size_t length = request.find(kLength);
    const std::size_t body = length < end ? std::stoul(request.substr(length + kLength.size())) : 0;
    return end != std::string::npos && request.size() >= end + 4 + body;
  }

  bool receive_head(int fd) {
    std::string head;
    std::array<char, 4096> buffer{};
    while (!is_whole(head)) {
      const ssize_t bytes = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (bytes <= 0) return false;
      head.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    const std::lock_guard lock(mutex_);
    heads_.push_back(std::move(head));
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
  std::mutex mutex_;
  std::vector<std::string> heads_;
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

}  // namespace fanout::transport_test
