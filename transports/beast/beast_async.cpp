// Boost.Beast's parser on Asio's sockets, by callbacks.
#include "transports/beast/beast_async.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cassert>
#include <cerrno>

#include "base/clock.h"
#include "base/error.h"
#include "transports/tls_words.h"

namespace fanout {

using boost::asio::ip::tcp;

BeastAsyncClient::BeastAsyncClient(const PreparedTargets& shared, unsigned slots)
    : config_(shared.config),
      slots_(slots),
      tls_(shared.tls),
      pool_(shared, slots),
      timer_(io_.get_executor()) {
  for (unsigned i = 0; i < slots; ++i) {
    const int error = open(pool_.add_spare(io_.get_executor()), shared.likely_family());
    if (error != 0) {
      throw RunError(fmt::format("socket {} of {}: {}", i + 1, slots,
                                 AsioError(error, boost::system::system_category()).message()));
    }
  }
}

void BeastAsyncClient::start(const Request& request, Done done) {
  assert(pool_.in_flight() < slots_);
  Connection& connection = pool_.begin(request, std::move(done), io_.get_executor());
  if (connection.doubtful && !is_good(connection)) {
    close(connection);
    pool_.renew(connection);
  }
  watch_deadline(connection.due());
  if (connection.connected) {
    send(connection);
  } else {
    connect(connection);
  }
}

// Whether an idle connection may carry a request.
bool BeastAsyncClient::is_good(Connection& connection) {
  return connection.tls ? connection.tls.is_quiet() : is_quiet(connection.socket.native_handle());
}

// Opens a connection's socket; the first connections get theirs in set-up, like libcurl's handles.
// Returns 0 or errno. To Asio it is one of TCP, whatever its family: it only reads and waits.
int BeastAsyncClient::open(Connection& connection, int family) {
  AsioError error;
  connection.socket.close(error);
  const int fd = open_socket(family);
  if (fd < 0) return errno;
  connection.family = family;
  connection.socket.assign(tcp::v4(), fd, error);
  if (error) {
    ::close(fd);
  } else {
    connection.socket.native_non_blocking(true, error);
  }
  return error.value();
}

void BeastAsyncClient::connect(Connection& connection) {
  const SocketAddress& address = pool_.address(connection);
  const bool fits = connection.socket.is_open() && connection.family == address.family();
  int failure = fits ? 0 : open(connection, address.family());
  if (failure == 0) failure = begin_connect(connection.socket.native_handle(), address);
  if (failure != 0) return fail_soon(connection, connect_failure(failure));
  connection.tls = tls_.stream(connection.target, connection.socket.native_handle());
  send(connection);
}

// Tries at once, even while connecting: on a near network the socket is mostly ready, which saves
// a turn of the loop.
void BeastAsyncClient::send(Connection& connection) {
  if (connection.tls && !connection.connected) return shake_hands(connection);
  const int failure = connection.tls ? connection.out.send(connection.tls)
                                     : connection.out.send(connection.socket.native_handle());
  if (failure == 0 || connection.out.any_sent()) {
    connection.times.connected(connection.socket.native_handle());
    connection.connected = true;
    connection.connect_by = kNever;
  }
  if (failure == 0) {
    receive(connection);
  } else if (failure == EAGAIN) {
    wait_to_send(connection, AsioSocket::wait_write);
  } else if (ended_by_alert(connection.tls)) {
    fail_soon(connection, Outcome::tls);
  } else if (connection.connected) {
    lost(connection);
  } else {
    fail_soon(connection, connect_failure(failure));
  }
}

void BeastAsyncClient::wait_to_send(Connection& connection, AsioSocket::wait_type type) {
  connection.socket.async_wait(
      type, [this, &connection, generation = connection.generation](const AsioError&) {
        if (connection.generation == generation) send(connection);
      });
}

void BeastAsyncClient::receive(Connection& connection) {
  if (connection.tls) return receive_tls(connection);
  const std::span<char> space = connection.in.space();
  connection.socket.async_read_some(boost::asio::buffer(space.data(), space.size()),
                                    [this, &connection, generation = connection.generation](
                                        const AsioError& error, std::size_t bytes) {
                                      if (connection.generation == generation)
                                        on_received(connection, error, bytes);
                                    });
}

void BeastAsyncClient::on_received(Connection& connection, const AsioError& error,
                                   std::size_t bytes) {
  using Step = ResponseScanner::Step;
  Step step = Step::more;
  if (!error) {
    connection.times.first_byte();
    step = connection.in.received(bytes);
    if (step == Step::more) return receive(connection);
  } else if (error == boost::asio::error::eof) {
    step = connection.in.closed();
  }
  ended(connection, step);
}

// Nothing more is to come: the answer is complete, broken, or (Step::more) cut short.
void BeastAsyncClient::ended(Connection& connection, ResponseScanner::Step step) {
  using Step = ResponseScanner::Step;
  const ResponseScanner& in = connection.in;
  if (step == Step::complete) {
    connection.times.answered();
    finish(connection, verify(config_, *connection.request, in.reply()),
           config_.reuse && in.reusable());
  } else if (step == Step::broken) {
    finish(connection, connection.broken(config_), false);
  } else {
    lost(connection);
  }
}

// The peer closed or reset the connection.
void BeastAsyncClient::lost(Connection& connection) {
  if (!pool_.repeat(connection)) return fail_soon(connection, connection.in.lost());
  close(connection);
  watch_deadline(connection.connect_by);
  connect(connection);
}

// Lets the loop report the failure, because start() must not call `done`.
void BeastAsyncClient::fail_soon(Connection& connection, Outcome outcome) {
  boost::asio::post(io_, [this, &connection, generation = connection.generation, outcome] {
    if (connection.generation != generation) return;
    const bool of_tls = outcome == Outcome::tls;
    finish(connection,
           of_tls ? failed(config_, outcome, tls_words(connection.tls))
                  : connection.unanswered(config_, outcome),
           false);
  });
}

void BeastAsyncClient::close(Connection& connection) {
  if (connection.socket.is_open()) connection.times.gave_up(connection.socket.native_handle());
  ++connection.generation;
  connection.connected = connection.kept = false;
  connection.tls.shut_down();
  connection.tls = {};
  AsioError ignored;
  connection.socket.close(ignored);
}

void BeastAsyncClient::finish(Connection& connection, Response response, bool keep) {
  response.connected = !connection.kept;
  if (!keep) close(connection);
  const Done done = pool_.end(connection, keep);
  if (Connection* surplus = pool_.surplus()) {
    close(*surplus);
    pool_.drop_idle(*surplus);
  }
  done(response);
  rest();
}

void BeastAsyncClient::give_up(const Request& request) {
  Connection* const connection = pool_.carrying(request);
  if (connection == nullptr) return;
  close(*connection);
  pool_.end(*connection, false);
  rest();
}

// Without a request in flight no timer keeps the loop from ending.
void BeastAsyncClient::rest() {
  if (pool_.in_flight() > 0 || timer_set_to_ == kNever) return;
  timer_set_to_ = kNever;
  timer_.cancel();
}

// Deadlines mostly come in ascending order, so the timer is set once a timeout, not once a request.
void BeastAsyncClient::watch_deadline(std::int64_t deadline) {
  if (deadline >= timer_set_to_) return;
  timer_set_to_ = deadline;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
  timer_.async_wait([this](const AsioError& error) {
    if (!error) give_up_late_ones();
  });
}

void BeastAsyncClient::give_up_late_ones() {
  timer_set_to_ = kNever;
  watch_deadline(
      pool_.give_up_late_ones(now_ns(), [this](Connection& connection, const Response& response) {
        finish(connection, response, false);
      }));
}

namespace {

AsyncFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const PreparedTargets>(config)](unsigned slots) {
    return std::make_unique<BeastAsyncClient>(*shared, slots);
  };
}

}  // namespace

extern const Transport beast_async;
const Transport beast_async{
    .name = "beast_async",
    .stack = "beast",
    .summary = "Boost.Beast's parser on Asio's sockets",
    .version = &beast_version,
    .prepare = &prepare,
    .suite = Suite::other_stack,
};

}  // namespace fanout
