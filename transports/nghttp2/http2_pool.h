// Which connection carries which request: those to one target share its requests evenly. Private to
// transports/nghttp2.
#pragma once

#include <deque>
#include <vector>

#include "transports/nghttp2/http2_connection.h"

namespace fanout {

class Http2Pool {
 public:
  // `config` is borrowed; `slots` requests are in flight at most.
  Http2Pool(const ClientConfig& config, unsigned slots);

  // The connection that is to carry another request to this target: one without any, if there is
  // one; null, so that one is opened, if there may be more; else the one with the fewest.
  [[nodiscard]] Http2Connection* choose(std::uint32_t target) const;
  // A connection for a new socket to this target, which is to carry a request at once.
  Http2Connection& open(std::uint32_t target, const AsioExecutor& executor);
  // It gets no more requests, and another one may be opened in its place.
  void retire(Http2Connection& connection);
  // It was closed. REQUIRED: it has no streams.
  void closed(Http2Connection& connection);

  // Puts a stream on a connection, and takes it off.
  void add(Http2Connection& connection, Http2Exchange& stream);
  void remove(Http2Exchange& stream);
  // An open connection has no streams, from this time on.
  void idle(Http2Connection& connection, std::int64_t now);
  // The connection that is idle longest, if more are idle than may be; else null.
  [[nodiscard]] Http2Connection* surplus() const;

  // All that there are or were.
  [[nodiscard]] std::deque<Http2Connection>& all() { return connections_; }

 private:
  template <class Change>
  void change_load(Http2Connection& connection, Change change);

  const bool reuse_;
  const std::size_t most_;  // that take requests, to each target
  const std::size_t most_idle_;
  std::deque<Http2Connection> connections_;
  std::vector<Http2Connection*> spare_;
  std::vector<Http2Connection::Choice> choices_;  // by target: those that take more requests
  Http2Connection::Places idle_;                  // the one that is so longest first
  Http2Connection::Places others_;
};

}  // namespace fanout
