// The connections of an asynchronous client that handles sockets itself, idle or with a request.
// Private to the transports `floor` and `beast_async`.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/pooled_connection.h"
#include "transports/tcp_connect.h"

namespace fanout {

template <class Connection>
class ConnectionPool {
 public:
  explicit ConnectionPool(const ClientConfig& config)
      : config_(config), form_(default_form(config)) {
    for (const Target& target : config.targets) {
      destinations_.push_back(
          {socket_address(target), RequestText(config, target, form_.view()), {}});
      destinations_.back().idle.reserve(config.max_in_flight);
    }
  }

  // Of the sockets that are opened before it is known where their requests go.
  [[nodiscard]] int likely_family() const {
    return destinations_.empty() ? AF_INET : destinations_.front().address.family();
  }
  [[nodiscard]] unsigned in_flight() const { return in_flight_; }
  [[nodiscard]] const SocketAddress& address(const Connection& connection) const {
    return destinations_[connection.target].address;
  }

  // Makes a connection for a later request.
  template <class... Arguments>
  Connection& add_spare(const Arguments&... arguments) {
    spare_.push_back(&connections_.emplace_back(arguments...));
    return *spare_.back();
  }

  // Puts a request on a connection: a kept one to its target, else a spare one, else a new one that
  // is made by these arguments.
  template <class... Arguments>
  Connection& begin(const Request& request, AsyncClient::Done&& done,
                    const Arguments&... arguments) {
    Destination& destination = destinations_[request.target];
    std::vector<Connection*>& from = destination.idle.empty() ? spare_ : destination.idle;
    // With several targets, connections to the others may hold all that were made beforehand.
    if (from.empty()) add_spare(arguments...);
    Connection& connection = *from.back();
    from.pop_back();
    connection.target = request.target;
    connection.request = &request;
    connection.done = std::move(done);
    connection.out.begin(destination.text, request.token, form_.body);
    connection.in.begin(method_of(config_, request.token));
    connection.why = {};
    const std::int64_t now = now_ns();
    connection.answer_by = give_up_at(config_, now);
    connection.doubtful = connection.kept && now - connection.idle_since > kFreshNs;
    connection.connect_by =
        connection.connected ? kNever : deadline_after(now, config_.connect_timeout);
    ++in_flight_;
    return connection;
  }

  // Makes a request whose connection was lost ready for a new one; false if it ends here. The peer
  // may have closed a kept connection before the request came: if nothing was answered, another is
  // tried, once, unless the request might count twice.
  [[nodiscard]] bool repeat(Connection& connection) const {
    const bool never_came = connection.kept && !connection.in.any_received();
    if (!never_came) return false;
    if (!may_repeat(config_, connection.request->token)) {
      connection.why = kClosedMeanwhile;
      return false;
    }
    connection.out.rewind();
    renew(connection);
    return true;
  }

  // Gives a request time for a new connection in place of its closed one.
  void renew(Connection& connection) const {
    connection.connect_by = deadline_after(now_ns(), config_.connect_timeout);
  }

  // Takes the request from its connection, which stays open if `keep`; returns whom to tell.
  AsyncClient::Done end(Connection& connection, bool keep) {
    connection.request = nullptr;
    connection.kept = keep;
    if (keep) connection.idle_since = now_ns();
    (keep ? destinations_[connection.target].idle : spare_).push_back(&connection);
    --in_flight_;
    return std::move(connection.done);
  }

  // A kept connection without a request was closed.
  void drop_idle(Connection& connection) {
    std::erase(destinations_[connection.target].idle, &connection);
    spare_.push_back(&connection);
  }

  // Calls `finish`, which may begin requests, for each whose time is up, with the response it gets.
  // Returns when the next one's is.
  template <class Finish>
  std::int64_t give_up_late_ones(std::int64_t now, Finish finish) {
    std::int64_t next = kNever;
    for (std::size_t i = 0; i < connections_.size(); ++i) {  // `finish` may add some
      Connection& connection = connections_[i];
      if (connection.request == nullptr) continue;
      if (connection.due() <= now) {
        const bool late = connection.answer_by <= now;
        const Outcome outcome = late ? Outcome::timeout : Outcome::connect_timeout;
        finish(connection, connection.unanswered(config_, outcome));
      } else {
        next = std::min(next, connection.due());
      }
    }
    return next;
  }

 private:
  // What the requests to one target share.
  struct Destination {
    SocketAddress address;
    RequestText text;
    std::vector<Connection*> idle;
  };

  const ClientConfig& config_;
  const RequestForm form_;
  std::deque<Connection> connections_;  // a deque: connections stay where they are
  std::vector<Connection*> spare_;
  std::vector<Destination> destinations_;
  unsigned in_flight_ = 0;
};

}  // namespace fanout
