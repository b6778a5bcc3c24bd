#include "transports/uring.h"

#include <poll.h>

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

namespace fanout {
namespace {

// So little, with all that went before it answered, the buffer of a socket takes at once.
constexpr std::size_t kTakenAtOnce = 4096;

// A label is what (8 bits), the life of the connection (24 bits) and its number (32 bits).
constexpr unsigned kLifeAt = 32;
constexpr unsigned kAboutAt = 56;
constexpr std::uint32_t kLives = 1U << (kAboutAt - kLifeAt);

}  // namespace

UringClient::UringClient(const PreparedTargets& shared, unsigned slots)
    : BareClient(shared, slots), ring_(slots) {}

UringClient::Notes& UringClient::notes_of(Connection& connection) {
  if (connection.number == 0) {
    notes_.push_back({.connection = &connection});
    connection.number = static_cast<std::uint32_t>(notes_.size());
  }
  return notes_[connection.number - 1];
}

std::uint64_t UringClient::label(About about, const Connection& connection) const {
  const std::uint64_t life = notes_[connection.number - 1].life;
  return static_cast<std::uint64_t>(about) << kAboutAt | life << kLifeAt | connection.number;
}

void UringClient::begin(Connection& connection) {
  notes_of(connection).to_begin = true;
  to_begin_.push_back(&connection);
}

void UringClient::let_go(Connection& connection) {
  Notes& notes = notes_of(connection);
  // What is with the kernel would keep the socket open beyond its descriptor.
  if (notes.receiving || connection.blocked) ::shutdown(connection.fd.get(), SHUT_RDWR);
  notes.life = (notes.life + 1) % kLives;
  notes.receiving = notes.to_begin = false;
}

// Makes entries of what callbacks have noted.
void UringClient::hand_over() {
  messages_.clear();
  if (!std::exchange(timer_watched_, true)) {
    ring_.add(static_cast<std::uint64_t>(About::timer) << kAboutAt, [this](io_uring_sqe* poll) {
      io_uring_prep_poll_multishot(poll, timer_fd(), POLLIN);
    });
  }
  for (Connection* connection : deaf_) {
    const Notes& notes = notes_of(*connection);
    if (connection->fd && !notes.receiving && !notes.to_begin) receive(*connection);
  }
  deaf_.clear();
  for (Connection* connection : to_begin_) {
    if (std::exchange(notes_of(*connection).to_begin, false)) send(*connection);
  }
  to_begin_.clear();
}

// A new socket is connected by a system call, since an entry would first wait for what is mostly
// done at once. Sending and receiving wait until it is.
void UringClient::send(Connection& connection) {
  if (!connection.connected && !open(connection)) return;
  const auto [head, body] = connection.out.unsent();
  constexpr int kFlags = MSG_NOSIGNAL | MSG_WAITALL;
  io_uring_sqe& entry =
      ring_.add(label(About::sent, connection), [&, text = head, rest = body](io_uring_sqe* send) {
        const int fd = connection.fd.get();
        if (rest.empty()) return io_uring_prep_send(send, fd, text.data(), text.size(), kFlags);
        Message& message = messages_.emplace_back();
        message.parts = {iovec{const_cast<char*>(text.data()), text.size()},
                         iovec{const_cast<char*>(rest.data()), rest.size()}};
        message.header.msg_iov = message.parts.data();
        message.header.msg_iovlen = message.parts.size();
        io_uring_prep_sendmsg(send, fd, &message.header, kFlags);
      });
  // The answer says as well that such a request was sent.
  connection.blocked = !connection.connected || !body.empty() || head.size() > kTakenAtOnce;
  if (!connection.blocked) entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
  if (!notes_of(connection).receiving) receive(connection);
}

void UringClient::receive(Connection& connection) {
  ring_.add_receive(label(About::received, connection), connection.fd.get());
  notes_of(connection).receiving = true;
}

void UringClient::on_completion(const io_uring_cqe& completion, std::string_view bytes) {
  const auto about = static_cast<About>(completion.user_data >> kAboutAt);
  const bool more = (completion.flags & IORING_CQE_F_MORE) != 0;
  if (about == About::timer) {
    timer_watched_ = more;
    return on_timer();
  }
  const auto number = static_cast<std::uint32_t>(completion.user_data);
  Notes& notes = notes_[number - 1];
  if (notes.life != (completion.user_data >> kLifeAt) % kLives) return;
  Connection& connection = *notes.connection;
  if (about == About::sent) return on_sent(connection, completion.res);
  if (!more) {
    notes.receiving = false;
    deaf_.push_back(&connection);
  }
  on_receive(connection, completion.res, bytes);
}

// Less than all is sent only where an error follows, of which the receive tells.
void UringClient::on_sent(Connection& connection, int result) {
  if (result < 0) return failed_with(connection, -result);
  if (!connection.connected) connected(connection);
  const auto [head, body] = connection.out.unsent();
  connection.blocked = static_cast<std::size_t>(result) < head.size() + body.size();
}

void UringClient::on_receive(Connection& connection, int result, std::string_view bytes) {
  if (result == -ENOBUFS || result == -EINTR || result == -EAGAIN) return;  // it is made again
  if (connection.request == nullptr) return drop(connection);
  if (notes_of(connection).to_begin) return replace(connection);
  if (result > 0) return received(connection, bytes);
  if (result == 0) return ended(connection, connection.in.closed());
  failed_with(connection, -result);
}

void UringClient::run() {
  ring_.enable();
  while (!is_idle()) {
    hand_over();
    ring_.submit_and_wait(any_failing() ? 0 : 1);
    ring_.take_completions([this](const io_uring_cqe& completion, std::string_view bytes) {
      on_completion(completion, bytes);
    });
    if (any_failing()) report_failures();
  }
}

extern const Transport uring_transport;
const Transport uring_transport{
    .name = "uring",
    .stack = "floor",
    .summary = "the floor on io_uring: many requests a system call, receives that stay; no TLS",
    .version = [] { return std::string(FANOUT_LIBURING_VERSION); },
    .prepare = +[](const ClientConfig& config) -> AsyncFactory {
      return [shared = std::make_shared<const PreparedTargets>(config)](unsigned slots) {
        return std::make_unique<UringClient>(*shared, slots);
      };
    },
    .client_descriptors = 2,  // the ring and its timer
    .tls = false,
    .fault = &uring_fault,
};

}  // namespace fanout
