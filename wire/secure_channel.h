// A connection between two parts of fanout on different machines: whole messages over TLS 1.3, in
// which each side proves by a key that both were given beforehand that it may take part (RFC 8446,
// pre-shared keys). There are no certificates, and forward secrecy as ever.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "wire/tls_stream.h"

namespace fanout {

// The channel cannot be used, or not any more: why, for people.
class ChannelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Used by one thread. What fails ends it: every member throws ChannelError then, and no later call
// succeeds.
class SecureChannel {
 public:
  static constexpr std::size_t kMostBytes = 1 << 20;  // of a message; longer ones are refused

  // Shakes hands over a connected, non-blocking TCP socket; `key` is a secret of at least 16 bytes.
  // A wait for the other side ends after `within`, or as soon as `stop_fd` is readable (borrowed;
  // -1: there is none), both with an error.
  SecureChannel(UniqueFd socket, TlsSide side, std::string_view key,
                std::chrono::milliseconds within, int stop_fd = -1);
  SecureChannel(const SecureChannel&) = delete;
  SecureChannel& operator=(const SecureChannel&) = delete;
  ~SecureChannel();

  void send(std::string_view message);
  // The next message.
  std::string receive();

  // Readable when a message comes, or the end of the connection: where the other side speaks only
  // if it is asked, while nobody asks, the end.
  [[nodiscard]] int fd() const { return socket_.get(); }

 private:
  using Clock = std::chrono::steady_clock;

  void shake_hands();
  void read_exactly(char* into, std::size_t bytes, Clock::time_point until);
  void wait(short events, Clock::time_point until) const;

  UniqueFd socket_;
  std::chrono::milliseconds within_;
  int stop_fd_;
  std::string key_;
  TlsContext context_;
  TlsStream stream_;
};

// Has the kernel find out within half a minute that the other machine has vanished, also while
// nothing is sent.
void notice_silence(int socket);

}  // namespace fanout
