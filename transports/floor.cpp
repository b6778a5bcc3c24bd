#include "transports/floor.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "transports/tcp_connect.h"

namespace fanout {
namespace {

constexpr std::size_t kEventsAtOnce = 256;

UniqueFd owned(int fd, const char* what) {
  if (fd < 0) throw_errno(what);
  return UniqueFd(fd);
}

}  // namespace

// The sockets of the first connections are opened in set-up, like the handles of libcurl.
FloorClient::FloorClient(const PreparedTargets& shared, unsigned slots)
    : config_(shared.config),
      slots_(slots),
      pool_(shared, slots),
      epoll_(owned(::epoll_create1(EPOLL_CLOEXEC), "epoll")),
      timer_(owned(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timer")) {
  for (unsigned i = 0; i < slots; ++i) {
    Connection& connection = pool_.add_spare();
    connection.family = shared.likely_family();
    connection.fd = owned(open_socket(connection.family), "opening the socket of a connection");
  }
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event);
}

void FloorClient::start(const Request& request, Done done) {
  assert(pool_.in_flight() < slots_);
  Connection& connection = pool_.begin(request, std::move(done));
  if (connection.doubtful && !is_quiet(connection.fd.get())) {
    close(connection);
    pool_.renew(connection);
  }
  wake_at(connection.due());
  if (connection.connected) {
    send(connection);
  } else {
    connect(connection);
  }
}

void FloorClient::connect(Connection& connection) {
  const SocketAddress& address = pool_.address(connection);
  if (!connection.fd || connection.family != address.family()) {
    connection.family = address.family();
    connection.fd.reset(open_socket(connection.family));
  }
  if (!connection.fd) return fail_soon(connection, connect_failure(errno));
  const int failure = begin_connect(connection.fd.get(), address);
  if (failure != 0) return fail_soon(connection, connect_failure(failure));
  watch(connection, EPOLL_CTL_ADD);
  send(connection);
}

void FloorClient::watch(Connection& connection, int operation) {
  epoll_event event{.events = connection.blocked ? EPOLLIN | EPOLLOUT : EPOLLIN + 0U,
                    .data = {.ptr = &connection}};
  ::epoll_ctl(epoll_.get(), operation, connection.fd.get(), &event);
}

// Tries at once, even while connecting: on a near network the socket is mostly ready.
void FloorClient::send(Connection& connection) {
  const int failure = connection.out.send(connection.fd.get());
  if (failure == 0 || connection.out.any_sent()) {
    connection.times.connected(connection.fd.get());
    connection.connected = true;
    connection.connect_by = kNever;
  }
  if (failure != 0 && failure != EAGAIN) {
    return connection.connected ? lost(connection)
                                : fail_soon(connection, connect_failure(failure));
  }
  if (connection.blocked == (failure == EAGAIN)) return;
  connection.blocked = failure == EAGAIN;
  watch(connection, EPOLL_CTL_MOD);
}

// May be about what a connection no longer is: an earlier event of the same turn may have closed
// it, or made it another. So it only tries.
void FloorClient::on_event(Connection& connection, std::uint32_t events) {
  if (!connection.fd) return;
  if (connection.request == nullptr) {  // the end of a kept connection, or unasked bytes
    close(connection);
    pool_.drop_idle(connection);
  } else if (connection.blocked && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
    send(connection);
  } else {
    receive(connection);
  }
}

void FloorClient::receive(Connection& connection) {
  const ssize_t count = ::recv(connection.fd.get(), received_.data(), received_.size(), 0);
  if (count > 0) {
    connection.times.first_byte();
    const auto step = connection.in.received({received_.data(), static_cast<std::size_t>(count)});
    if (step != BareResponse::Step::more) ended(connection, step);
  } else if (count == 0) {
    ended(connection, connection.in.closed());
  } else if (errno != EAGAIN && errno != EINTR) {
    lost(connection);
  }
}

// Nothing more is to come: the answer is complete, broken, or (Step::more) cut short.
void FloorClient::ended(Connection& connection, BareResponse::Step step) {
  const BareResponse& in = connection.in;
  if (step == BareResponse::Step::complete) {
    connection.times.answered();
    finish(connection, verify(config_, *connection.request, in.reply()),
           config_.reuse && in.reusable() && !connection.blocked);
  } else if (step == BareResponse::Step::broken) {
    finish(connection, connection.broken(config_), false);
  } else {
    lost(connection);
  }
}

// The peer closed or reset the connection.
void FloorClient::lost(Connection& connection) {
  if (!pool_.repeat(connection)) return fail_soon(connection, connection.in.lost());
  close(connection);
  wake_at(connection.connect_by);
  connect(connection);
}

// Lets the loop report the failure, because start() must not call `done`.
void FloorClient::fail_soon(Connection& connection, Outcome outcome) {
  close(connection);
  connection.failure = outcome;
  failing_.push_back(&connection);
}

void FloorClient::report_failures() {
  for (Connection* connection : std::exchange(failing_, {})) {
    if (connection->failure == Outcome::none) continue;  // its time was up first
    finish(*connection, connection->unanswered(config_, connection->failure), false);
  }
}

void FloorClient::close(Connection& connection) {
  if (connection.fd) connection.times.gave_up(connection.fd.get());
  connection.connected = connection.kept = connection.blocked = false;
  connection.fd.reset();
}

void FloorClient::finish(Connection& connection, Response response, bool keep) {
  response.connected = !connection.kept;
  connection.failure = Outcome::none;
  if (!keep) close(connection);
  const Done done = pool_.end(connection, keep);
  if (Connection* surplus = pool_.surplus()) {
    close(*surplus);
    pool_.drop_idle(*surplus);
  }
  done(response);
}

void FloorClient::give_up(const Request& request) {
  Connection* const connection = pool_.carrying(request);
  if (connection == nullptr) return;
  connection->failure = Outcome::none;
  close(*connection);
  pool_.end(*connection, false);
}

void FloorClient::after(std::chrono::nanoseconds delay, std::function<void()> callback) {
  const std::int64_t due = now_ns() + std::max<std::int64_t>(delay.count(), 0);
  callbacks_.emplace(due, std::move(callback));
  wake_at(due);
}

// What is due mostly comes in ascending order, so the timer is set once a timeout, not once a
// request.
void FloorClient::wake_at(std::int64_t due) {
  if (due >= timer_set_to_) return;
  timer_set_to_ = due;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const itimerspec when{.it_interval = {}, .it_value = {due / kSecond, due % kSecond}};
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void FloorClient::on_timer() {
  timer_set_to_ = kNever;
  const std::int64_t now = now_ns();
  while (!callbacks_.empty() && callbacks_.begin()->first <= now) {
    auto due = callbacks_.extract(callbacks_.begin());
    due.mapped()();
  }
  wake_at(pool_.give_up_late_ones(now, [this](Connection& connection, const Response& response) {
    finish(connection, response, false);
  }));
  if (!callbacks_.empty()) wake_at(callbacks_.begin()->first);
}

void FloorClient::run() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (pool_.in_flight() > 0 || !callbacks_.empty()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   failing_.empty() ? -1 : 0);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) {
        on_timer();
      } else {
        on_event(*static_cast<Connection*>(event.data.ptr), event.events);
      }
    }
    report_failures();
  }
}

extern const Transport floor_transport;
const Transport floor_transport{
    .name = "floor",
    .stack = "floor",
    .summary = "a bare epoll loop that does the least a proven request needs; no TLS",
    .version = [] { return std::string("1"); },
    .prepare = +[](const ClientConfig& config) -> AsyncFactory {
      return [shared = std::make_shared<const PreparedTargets>(config)](unsigned slots) {
        return std::make_unique<FloorClient>(*shared, slots);
      };
    },
    .suite = Suite::floor,
    .client_descriptors = 2,  // epoll and its timer
    .tls = false,
};

}  // namespace fanout
