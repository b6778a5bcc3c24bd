// The connections of an asynchronous client that handles sockets itself, idle or with a request.
// Private to the transports `floor`, `uring` and `beast_async`.
#pragma once

#include <algorithm>
#include <deque>
#include <list>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/pooled_connection.h"
#include "transports/prepared_targets.h"

namespace fanout {

template <class Connection>
class ConnectionPool {
 public:
  // `shared` is borrowed; `slots` requests are in flight at most.
  ConnectionPool(const PreparedTargets& shared, unsigned slots)
      : shared_(shared),
        most_idle_(kept_connections(shared.config, slots)),
        idle_to_(shared.targets.size()) {}

  [[nodiscard]] unsigned in_flight() const { return in_flight_; }
  [[nodiscard]] const SocketAddress& address(const Connection& connection) const {
    return shared_.targets[connection.target].address;
  }

  // Makes a connection for a later request.
  template <class... Arguments>
  Connection& add_spare(const Arguments&... arguments) {
    Connection& made = connections_.emplace_back(arguments...);
    made.place = others_.insert(others_.end(), &made);
    spare_.push_back(&made);
    return made;
  }

  // Puts a request on a connection: a kept one to its target, else a spare one, else a new one that
  // is made by these arguments.
  template <class... Arguments>
  Connection& begin(const Request& request, AsyncClient::Done&& done,
                    const Arguments&... arguments) {
    std::vector<Connection*>& idle = idle_to_[request.target];
    std::vector<Connection*>& from = idle.empty() ? spare_ : idle;
    // With several targets, connections to the others may hold all that were made beforehand.
    if (from.empty()) add_spare(arguments...);
    Connection& connection = *from.back();
    from.pop_back();
    if (connection.kept) others_.splice(others_.end(), idle_, connection.place);
    connection.target = request.target;
    connection.request = &request;
    connection.done = std::move(done);
    connection.out.begin(shared_.targets[request.target].text, request.token, shared_.form.body);
    connection.in.begin(method_of(shared_.config, request.token), shared_.config.keep_bodies);
    connection.times.begin(shared_.config, connection.connected);
    connection.why = {};
    const std::int64_t now = now_ns();
    connection.answer_by = give_up_at(shared_.config, now);
    connection.doubtful = connection.kept && now - connection.idle_since > kFreshNs;
    connection.connect_by =
        connection.connected ? kNever : deadline_after(now, shared_.config.connect_timeout);
    ++in_flight_;
    return connection;
  }

  // Makes a request whose connection was lost ready for a new one; false if it ends here. A kept
  // one that answered nothing is replaced, once, unless the request might count twice.
  [[nodiscard]] bool repeat(Connection& connection) const {
    const bool never_came = connection.kept && !connection.in.any_received();
    if (!never_came) return false;
    if (!may_repeat(shared_.config, connection.request->token)) {
      connection.why = kClosedMeanwhile;
      return false;
    }
    connection.out.rewind();
    renew(connection);
    return true;
  }

  // Gives a request time for a new connection in place of its closed one.
  void renew(Connection& connection) const {
    connection.times.reconnect();
    connection.connect_by = deadline_after(now_ns(), shared_.config.connect_timeout);
  }

  // The connection that carries this request; null: none does.
  Connection* carrying(const Request& request) {
    const auto found = std::ranges::find(connections_, &request, &Connection::request);
    return found == connections_.end() ? nullptr : &*found;
  }

  // Takes the request from its connection, which stays open if `keep`; returns whom to tell.
  AsyncClient::Done end(Connection& connection, bool keep) {
    connection.request = nullptr;
    connection.kept = keep;
    if (keep) {
      connection.idle_since = now_ns();
      idle_.splice(idle_.end(), others_, connection.place);
    }
    (keep ? idle_to_[connection.target] : spare_).push_back(&connection);
    --in_flight_;
    return std::move(connection.done);
  }

  // The connection that is idle longest, if more are idle than may be; else null.
  [[nodiscard]] Connection* surplus() const {
    return idle_.size() <= most_idle_ ? nullptr : static_cast<Connection*>(idle_.front());
  }

  // A kept connection without a request was closed.
  void drop_idle(Connection& connection) {
    std::erase(idle_to_[connection.target], &connection);
    others_.splice(others_.end(), idle_, connection.place);
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
        finish(connection, connection.unanswered(shared_.config, connection.late_as(now)));
      } else {
        next = std::min(next, connection.due());
      }
    }
    return next;
  }

 private:
  const PreparedTargets& shared_;
  std::size_t most_idle_;
  std::deque<Connection> connections_;  // a deque: connections stay where they are
  std::vector<Connection*> spare_;
  std::vector<std::vector<Connection*>> idle_to_;  // by target
  typename Connection::Places idle_;               // all of these, the one that is so longest first
  typename Connection::Places others_;             // spare ones, and those with a request
  unsigned in_flight_ = 0;
};

}  // namespace fanout
