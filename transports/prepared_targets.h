// What the requests of all clients of a process share, for transports that own their sockets.
#pragma once

#include <vector>

#include "transports/http_text.h"
#include "transports/tcp_connect.h"
#include "transports/tls_client.h"

namespace fanout {

// One target, ready to be connected to and to be asked.
struct PreparedTarget {
  SocketAddress address;
  RequestText text;
};

// Made once per process and read by all of its clients, in any thread or forked process, so that a
// client costs nothing for targets that it never asks. `config` is borrowed.
struct PreparedTargets {
  explicit PreparedTargets(const ClientConfig& client_config);
  PreparedTargets(const PreparedTargets&) = delete;
  PreparedTargets& operator=(const PreparedTargets&) = delete;

  // Of sockets that are opened before it is known where their requests go.
  [[nodiscard]] int likely_family() const {
    return targets.empty() ? AF_INET : targets.front().address.family();
  }

  const ClientConfig& config;
  const RequestForm form;               // of requests that have none of their own
  std::vector<PreparedTarget> targets;  // as in ClientConfig::targets
  const TlsSettings tls;
};

}  // namespace fanout
