// A client that sends exactly the bytes it is told to, and an engine to send them to: what the
// tests of the engines share.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "local_server/engine.h"

namespace fanout {

inline constexpr int kHangLimitMs = 10'000;  // generous: only a hang takes this long
inline const std::string kToken = "0123456789abcdef";

struct RawReply {
  std::string head;
  std::string body;
};

// Blocking. What it waits for in vain ends a test after kHangLimitMs.
class RawClient {
 public:
  explicit RawClient(const Endpoint& endpoint) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
    EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(sent, 0) << std::strerror(errno);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // One answer, its body as long as Content-Length says, or cut short by the server.
  RawReply receive(bool with_body = true) {
    RawReply reply;
    while (received_.find("\r\n\r\n") == std::string::npos && more()) {
    }
    const std::size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    reply.head = take(end + 4);
    const std::size_t at = reply.head.find("Content-Length: ");
    if (!with_body || at == std::string::npos) return reply;
    const std::size_t length = std::stoul(reply.head.substr(at + 16));
    while (received_.size() < length && more()) {
    }
    reply.body = take(std::min(length, received_.size()));
    return reply;
  }

  // True if the server has closed its end in order and everything it sent was received.
  bool at_end() { return received_.empty() && !more() && error_ == 0; }
  bool was_reset() { return error_ == ECONNRESET || (!more() && error_ == ECONNRESET); }
  void close() { fd_.reset(); }

 private:
  bool more() {
    pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, kHangLimitMs) != 1) {
      error_ = ETIMEDOUT;
      return false;
    }
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    error_ = size < 0 ? errno : 0;
    if (size <= 0) return false;
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }

  std::string take(std::size_t size) {
    std::string front = received_.substr(0, size);
    received_.erase(0, size);
    return front;
  }

  UniqueFd fd_;
  std::string received_;
  int error_ = 0;
};

inline std::string request(std::string_view method, std::string_view path,
                           std::string_view fields = "") {
  return std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" +
         std::string(fields) + "\r\n";
}

inline std::string token_path(std::string_view token) { return "/r/" + std::string(token); }

inline bool has(const RawReply& reply, std::string_view text) {
  return reply.head.find(text) != std::string::npos;
}

// A running engine of one host.
class Running {
 public:
  explicit Running(const ServerConfig& config)
      : engine_(make_engine(config)), endpoints_(engine_->start()) {}
  [[nodiscard]] const Endpoint& endpoint(std::size_t host = 0) const { return endpoints_.at(host); }
  ServerCounters stop() { return engine_->stop(); }

  // An answer may reach the client before the server has counted it.
  static ServerCounters settled(Running& running) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return running.stop();
  }

 private:
  std::unique_ptr<Engine> engine_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace fanout
