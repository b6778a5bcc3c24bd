// A connection of the client on libnghttp2, with its socket. Private to transports/nghttp2:
// including it compiles Asio.
#pragma once

#include <list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "transports/asio_loop.h"
#include "transports/nghttp2/http2_client_session.h"

namespace fanout {

struct Http2Connection;

// Orders connections: those with fewer streams first, then those that were made first.
struct LessLoaded {
  bool operator()(const Http2Connection* one, const Http2Connection* other) const;
};

// Recycled for other sockets. Stays where it is.
struct Http2Connection {
  using Choice = std::set<Http2Connection*, LessLoaded>;
  using Places = std::list<Http2Connection*>;

  Http2Connection(const AsioExecutor& executor, unsigned count) : number(count), socket(executor) {}

  [[nodiscard]] bool is_open() const { return session.has_value(); }

  const unsigned number;
  std::uint32_t target = 0;
  AsioSocket socket;
  TlsStream tls;                              // none: a plain connection, or not yet one
  std::optional<Http2ClientSession> session;  // none: no connection
  std::vector<Http2Exchange*> streams;
  std::string out;                   // bytes to send ...
  std::size_t sent = 0;              // ... of which these many are
  std::int64_t connect_by = kNever;  // kNever once connected
  std::int64_t idle_since = 0;
  bool connected = false;  // TLS: and its handshake is done
  bool idle = false;       // open, and without streams
  bool to_flush = false;   // waits to be looked after at the end of this turn of the loop
  bool awaits_read = false;
  bool awaits_write = false;
  unsigned generation = 0;                 // counts up when pending waits become void
  std::optional<Choice::iterator> choice;  // among those that may take another stream
  Places::iterator place{};                // among those that are idle, or the others
};

inline bool LessLoaded::operator()(const Http2Connection* one, const Http2Connection* other) const {
  const std::size_t streams = one->streams.size();
  const std::size_t others = other->streams.size();
  return streams != others ? streams < others : one->number < other->number;
}

}  // namespace fanout
