// The embedded server on another machine: a connection to a `fanout serve --control` there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/control/server_control.h"
#include "harness/machine/environment.h"
#include "wire/secure_channel.h"

namespace fanout {

// Where the other machine is controlled, and what proves that we may.
struct RemoteAddress {
  std::string host;  // a name, or an IPv4 address
  std::uint16_t port = 0;
  std::string key;  // harness/control/control_key.h
};

class RemoteServer : public ServerControl {
 public:
  // Connects. Throws RunError if nobody answers, or another build of fanout does, or one that has
  // another key.
  explicit RemoteServer(const RemoteAddress& address);

  // What that machine is, and how long a small message takes to it and back: 20 of them, measured
  // on our clock alone. `network` is left empty.
  ServerMachine describe();

  [[nodiscard]] int ended_fd() const override { return channel_.fd(); }

 private:
  std::string exchange(const std::string& packet) override;

  std::string where_;
  SecureChannel channel_;
  ServerMachine machine_;
};

}  // namespace fanout
