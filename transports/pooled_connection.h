// A connection of a pool (transports/connection_pool.h), and the request on it.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <string_view>

#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/phase_clock.h"
#include "transports/verify.h"

namespace fanout {

// A connection and the request it carries, but for the socket: what a client's own Connection
// derives from. Recycled, with its buffers, for other sockets. Scanner reads the response.
template <class Scanner>
struct PooledConnection {
  using Places = std::list<PooledConnection*>;

  std::uint32_t target = 0;          // of its request, or of its last one
  const Request* request = nullptr;  // null: idle or spare
  AsyncClient::Done done;
  OutgoingRequest out;
  Scanner in;
  PhaseClock times;
  std::int64_t connect_by = kNever;  // kNever once connected
  std::int64_t answer_by = kNever;
  std::int64_t idle_since = 0;
  std::string_view why;               // words for an end that would come now, beyond its outcome
  typename Places::iterator place{};  // in one of its pool's lists
  int family = AF_UNSPEC;             // of its socket
  bool connected = false;             // TLS: and its handshake is done
  bool kept = false;                  // carried a request before
  bool doubtful = false;  // was idle for so long that its client has to look at it before use

  [[nodiscard]] std::int64_t due() const { return std::min(answer_by, connect_by); }
  // How a request ends whose time is up.
  [[nodiscard]] Outcome late_as(std::int64_t now) const {
    return answer_by <= now ? Outcome::timeout : Outcome::connect_timeout;
  }
  // How the request ends without a complete answer.
  [[nodiscard]] Response unanswered(const ClientConfig& config, Outcome outcome) const {
    const Reply seen = in.reply();
    return failed(config, outcome, why, seen.status, seen.body_bytes);
  }
  // How it ends with an answer that cannot be read.
  [[nodiscard]] Response broken(const ClientConfig& config) const {
    const Reply seen = in.reply();
    return failed(config, Outcome::protocol, in.why(), seen.status, seen.body_bytes);
  }
};

}  // namespace fanout
