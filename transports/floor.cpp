#include "transports/floor.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <string>

#include "base/error.h"

namespace fanout {
namespace {

constexpr std::size_t kEventsAtOnce = 256;

}  // namespace

FloorClient::FloorClient(const PreparedTargets& shared, unsigned slots)
    : BareClient(shared, slots), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw_errno("epoll");
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_fd(), &event);
}

void FloorClient::begin(Connection& connection) {
  if (!connection.connected) {
    if (!open(connection)) return;
    watch(connection, EPOLL_CTL_ADD);
  }
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
  if (!connection.connected && (failure == 0 || connection.out.any_sent())) connected(connection);
  if (failure != 0 && failure != EAGAIN) return failed_with(connection, failure);
  if (connection.blocked == (failure == EAGAIN)) return;
  connection.blocked = failure == EAGAIN;
  watch(connection, EPOLL_CTL_MOD);
}

// May be about what a connection no longer is: an earlier event of the same turn may have closed
// it, or made it another. So it only tries.
void FloorClient::on_event(Connection& connection, std::uint32_t events) {
  if (!connection.fd) return;
  if (connection.request == nullptr) {
    drop(connection);
  } else if (connection.blocked && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) {
    send(connection);
  } else {
    receive(connection);
  }
}

void FloorClient::receive(Connection& connection) {
  const ssize_t count = ::recv(connection.fd.get(), received_.data(), received_.size(), 0);
  if (count > 0) {
    received(connection, {received_.data(), static_cast<std::size_t>(count)});
  } else if (count == 0) {
    ended(connection, connection.in.closed());
  } else if (errno != EAGAIN && errno != EINTR) {
    ended(connection, Step::more);
  }
}

void FloorClient::run() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!is_idle()) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   any_failing() ? 0 : -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) {
        on_timer();
      } else {
        on_event(*static_cast<Connection*>(event.data.ptr), event.events);
      }
    }
    if (any_failing()) report_failures();
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
