#include "transports/bare_client.h"

#include <cassert>
#include <cerrno>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "transports/tcp_connect.h"

namespace fanout {

// The sockets of the first connections are opened in set-up, like the handles of libcurl.
BareClient::BareClient(const PreparedTargets& shared, unsigned slots)
    : config_(shared.config), slots_(slots), pool_(shared, slots) {
  for (unsigned i = 0; i < slots; ++i) {
    Connection& connection = pool_.add_spare();
    connection.family = shared.likely_family();
    connection.fd.reset(open_socket(connection.family));
    if (!connection.fd) throw_errno("opening the socket of a connection");
  }
}

void BareClient::start(const Request& request, Done done) {
  assert(pool_.in_flight() < slots_);
  Connection& connection = pool_.begin(request, std::move(done));
  if (connection.doubtful && !is_quiet(connection.fd.get())) {
    close(connection);
    pool_.renew(connection);
  }
  timer_.wake_at(connection.due());
  begin(connection);
}

void BareClient::after(std::chrono::nanoseconds delay, std::function<void()> callback) {
  timer_.call_after(delay, std::move(callback));
}

bool BareClient::open(Connection& connection) {
  const SocketAddress& address = pool_.address(connection);
  if (!connection.fd || connection.family != address.family()) {
    connection.family = address.family();
    connection.fd.reset(open_socket(connection.family));
  }
  const int failure = connection.fd ? begin_connect(connection.fd.get(), address) : errno;
  if (failure != 0) fail_soon(connection, connect_failure(failure));
  return failure == 0;
}

void BareClient::connected(Connection& connection) const {
  connection.times.connected(connection.fd.get());
  connection.connected = true;
  connection.connect_by = kNever;
}

void BareClient::received(Connection& connection, std::string_view bytes) {
  connection.times.first_byte();
  const Step step = connection.in.received(bytes);
  if (step != Step::more) ended(connection, step);
}

void BareClient::ended(Connection& connection, Step step) {
  const BareResponse& in = connection.in;
  if (step == Step::complete) {
    connection.times.answered();
    finish(connection, verify(config_, *connection.request, in.reply()),
           config_.reuse && in.reusable() && !connection.blocked);
  } else if (step == Step::broken) {
    finish(connection, connection.broken(config_), false);
  } else {
    lost(connection);
  }
}

void BareClient::failed_with(Connection& connection, int error_number) {
  if (connection.connected) return lost(connection);
  fail_soon(connection, connect_failure(error_number));
}

// The peer closed or reset the connection.
void BareClient::lost(Connection& connection) {
  if (!pool_.repeat(connection)) return fail_soon(connection, connection.in.lost());
  replace(connection);
}

void BareClient::replace(Connection& connection) {
  close(connection);
  pool_.renew(connection);
  timer_.wake_at(connection.connect_by);
  begin(connection);
}

void BareClient::drop(Connection& connection) {
  close(connection);
  pool_.drop_idle(connection);
}

// Lets the loop report the failure, because start() must not call `done`.
void BareClient::fail_soon(Connection& connection, Outcome outcome) {
  close(connection);
  connection.failure = outcome;
  failing_.push_back(&connection);
}

void BareClient::report_failures() {
  for (Connection* connection : std::exchange(failing_, {})) {
    if (connection->failure == Outcome::none) continue;  // its time was up first
    finish(*connection, connection->unanswered(config_, connection->failure), false);
  }
}

void BareClient::close(Connection& connection) {
  if (connection.fd) connection.times.gave_up(connection.fd.get());
  let_go(connection);
  connection.connected = connection.kept = connection.blocked = false;
  connection.fd.reset();
}

void BareClient::finish(Connection& connection, Response response, bool keep) {
  response.connected = !connection.kept;
  connection.failure = Outcome::none;
  if (!keep) close(connection);
  const Done done = pool_.end(connection, keep);
  if (Connection* surplus = pool_.surplus()) drop(*surplus);
  done(response);
}

void BareClient::give_up(const Request& request) {
  Connection* const connection = pool_.carrying(request);
  if (connection == nullptr) return;
  connection->failure = Outcome::none;
  close(*connection);
  pool_.end(*connection, false);
}

void BareClient::on_timer() {
  const std::int64_t now = now_ns();
  timer_.went_off(now);
  timer_.wake_at(
      pool_.give_up_late_ones(now, [this](Connection& connection, const Response& response) {
        finish(connection, response, false);
      }));
}

}  // namespace fanout
