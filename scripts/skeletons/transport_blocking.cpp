// HTTP/1.1 on plain sockets, one kept connection to each target.
//
// Written by scripts/new-transport: a client that works, as a start for yours. Put your library
// where connect(), send() and receive() are; transports/transport.h says what is required, and the
// contract tests check it.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/clock.h"
#include "base/fd.h"
#include "transports/bare_response.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/tcp_connect.h"
#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// Waits until the socket is ready; false if `until` came first.
bool wait(const UniqueFd& socket, short events, std::int64_t until) {
  pollfd entry{socket.get(), events, 0};
  while (true) {
    const std::int64_t left = std::max<std::int64_t>(until - now_ns(), 0);
    const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
    const int ready = ::ppoll(&entry, 1, until == kNever ? nullptr : &limit, nullptr);
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return true;  // the next call on the socket says what is wrong
  }
}

class Client final : public BlockingClient {
 public:
  explicit Client(const ClientConfig& config);
  Response fetch(const Request& request) override;

 private:
  // What the requests to one target share.
  struct Destination {
    SocketAddress address;
    RequestText text;
    UniqueFd socket;  // kept for the next request
  };

  // Parts of fetch; ok says that the next one may go on.
  Outcome exchange(Destination& destination);
  Outcome connect(UniqueFd& socket, const SocketAddress& address) const;
  Outcome send(const UniqueFd& socket);
  Outcome receive(const UniqueFd& socket);

  const ClientConfig& config_;
  const RequestForm form_;  // of every request
  std::vector<Destination> destinations_;
  OutgoingRequest out_;
  BareResponse in_;
  std::int64_t answer_by_ = kNever;
  std::array<char, 65536> received_;  // what one receive brings
};

// What is done once belongs here: it is set-up, not a part of any request. Only here may a client
// throw. `config` outlives it.
Client::Client(const ClientConfig& config) : config_(config), form_(default_form(config)) {
  for (const Target& target : config.targets) {
    destinations_.push_back(
        {socket_address(target), RequestText(config, target, form_.view()), UniqueFd()});
  }
}

// The hook: makes the request and returns when it has ended, in time. It never throws: whatever the
// network does is an Outcome. It makes one attempt, because retries are made around it, the same
// for all transports (transports/policy.h). Who calls it next may be another thread.
Response Client::fetch(const Request& request) {
  Destination& destination = destinations_[request.target];
  UniqueFd& socket = destination.socket;
  if (socket && !is_quiet(socket.get())) socket.reset();  // something came while it was idle
  const bool kept = static_cast<bool>(socket);
  out_.begin(destination.text, request.token, form_.body);
  in_.begin(method_of(config_, request.token));
  answer_by_ = give_up_at(config_, now_ns());
  Outcome outcome = exchange(destination);
  // The server may have closed a kept connection before the request came: if nothing was answered,
  // a new one is tried, once, unless the request might count twice.
  const bool never_came = outcome == Outcome::reset && kept && !in_.any_received();
  const bool repeated = never_came && may_repeat(config_, request.token);
  if (repeated) {
    out_.rewind();
    outcome = exchange(destination);
  }
  // A complete response is judged by verify(), for every transport alike. Of a failure, users are
  // told why, where its outcome does not say it all.
  const Reply seen = in_.reply();
  if (outcome == Outcome::ok) return verify(config_, request, seen);
  const std::string_view why = never_came && !repeated ? kClosedMeanwhile : in_.why();
  return failed(config_, outcome, why, seen.status, seen.body_bytes);
}

// Leaves the socket in the destination only if it may carry another request.
Outcome Client::exchange(Destination& destination) {
  UniqueFd socket = std::move(destination.socket);
  Outcome outcome = socket ? Outcome::ok : connect(socket, destination.address);
  if (outcome == Outcome::ok) outcome = send(socket);
  if (outcome == Outcome::ok) outcome = receive(socket);
  if (outcome == Outcome::ok && config_.reuse && in_.reusable()) {
    destination.socket = std::move(socket);
  }
  return outcome;
}

Outcome Client::connect(UniqueFd& socket, const SocketAddress& address) const {
  const std::int64_t connect_by = deadline_after(now_ns(), config_.connect_timeout);
  socket.reset(open_socket(address.family()));
  if (!socket) return connect_failure(errno);
  int error = begin_connect(socket.get(), address);
  if (error == 0) {
    if (!wait(socket, POLLOUT, std::min(connect_by, answer_by_))) {
      return answer_by_ <= connect_by ? Outcome::timeout : Outcome::connect_timeout;
    }
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  }
  return error == 0 ? Outcome::ok : connect_failure(error);
}

Outcome Client::send(const UniqueFd& socket) {
  while (const int error = out_.send(socket.get())) {
    if (error != EAGAIN) return Outcome::reset;
    if (!wait(socket, POLLOUT, answer_by_)) return Outcome::timeout;
  }
  return Outcome::ok;
}

Outcome Client::receive(const UniqueFd& socket) {
  while (wait(socket, POLLIN, answer_by_)) {
    const ssize_t bytes = ::recv(socket.get(), received_.data(), received_.size(), 0);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (bytes < 0) return in_.lost();
    const auto step = bytes == 0
                          ? in_.closed()
                          : in_.received({received_.data(), static_cast<std::size_t>(bytes)});
    if (step == BareResponse::Step::complete) return Outcome::ok;
    if (step == BareResponse::Step::broken) return Outcome::protocol;
    if (bytes == 0) return in_.lost();
  }
  return Outcome::timeout;
}

}  // namespace

// The row of the registry: all that the command line, the plan, the tests and the tables know.
extern const Transport skeleton;
const Transport skeleton{
    .name = "skeleton",
    // The HTTP library. Transports of one stack differ by how it is used.
    .stack = "skeleton",
    // One line, for `fanout list transports`.
    .summary = "HTTP/1.1 on a blocking socket, one connection a target; no TLS",
    // The version of the library as it runs; results carry it.
    .version = [] { return std::string("1"); },
    // Makes a client. That it is a BlockingClient pairs it with the blocking strategies.
    .make = +[](const ClientConfig& config) -> std::unique_ptr<BlockingClient> {
      return std::make_unique<Client>(config);
    },
    // Whether the default comparison has it; with `none` it takes part when it is named.
    .suite = Suite::none,
    // Descriptors that a client holds besides its connections.
    .client_descriptors = 0,
    // Whether it speaks TLS. If so, it verifies certificates: see transports/tls_client.h.
    .tls = false,
};

}  // namespace fanout
