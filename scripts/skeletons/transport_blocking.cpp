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
#include "transports/idle_connection.h"
#include "transports/kept_connections.h"
#include "transports/path.h"
#include "transports/prepared_targets.h"
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
  explicit Client(const PreparedTargets& shared);
  Response fetch(const Request& request) override;

 private:
  // Parts of fetch; ok says that the next one may go on.
  Outcome exchange(UniqueFd socket, std::uint32_t target);
  Outcome connect(UniqueFd& socket, const SocketAddress& address) const;
  Outcome send(const UniqueFd& socket);
  Outcome receive(const UniqueFd& socket);

  const ClientConfig& config_;
  const PreparedTargets& shared_;   // what all clients of this process share
  KeptConnections<UniqueFd> kept_;  // for the next requests, one to each target, and not too many
  OutgoingRequest out_;
  BareResponse in_;
  std::int64_t answer_by_ = kNever;
  std::array<char, 65536> received_;  // what one receive brings
};

// What is done once for each client. Some strategies make a client for each request, so it costs
// nothing that `shared` can have; that outlives it. Only here may a client throw.
Client::Client(const PreparedTargets& shared)
    : config_(shared.config), shared_(shared), kept_(kept_connections(config_)) {}

// The hook: makes the request and returns when it has ended, in time. It never throws: whatever the
// network does is an Outcome. It makes one attempt, because retries are made around it, the same
// for all transports (transports/policy.h). Who calls it next may be another thread.
Response Client::fetch(const Request& request) {
  UniqueFd socket = kept_.take(request.target).value_or(UniqueFd());
  if (socket && !is_quiet(socket.get())) socket.reset();  // something came while it was idle
  const bool kept = static_cast<bool>(socket);
  out_.begin(shared_.targets[request.target].text, request.token, shared_.form.body);
  in_.begin(method_of(config_, request.token));
  answer_by_ = give_up_at(config_, now_ns());
  Outcome outcome = exchange(std::move(socket), request.target);
  // The server may have closed a kept connection before the request came: if nothing was answered,
  // a new one is tried, once, unless the request might count twice.
  const bool never_came = outcome == Outcome::reset && kept && !in_.any_received();
  if (never_came) {
    if (!may_repeat(config_, request.token)) return failed(config_, outcome, kClosedMeanwhile);
    out_.rewind();
    outcome = exchange(UniqueFd(), request.target);
  }
  // A complete response is judged by verify(), for every transport alike.
  const Reply seen = in_.reply();
  const std::string_view words = outcome == Outcome::protocol ? in_.why() : std::string_view();
  Response response = outcome == Outcome::ok
                          ? verify(config_, request, seen)
                          : failed(config_, outcome, words, seen.status, seen.body_bytes);
  response.connected = !kept || never_came;
  return response;
}

// Keeps the socket only if it may carry another request.
Outcome Client::exchange(UniqueFd socket, std::uint32_t target) {
  Outcome outcome = socket ? Outcome::ok : connect(socket, shared_.targets[target].address);
  if (outcome == Outcome::ok) outcome = send(socket);
  if (outcome == Outcome::ok) outcome = receive(socket);
  if (outcome == Outcome::ok && config_.reuse && in_.reusable()) {
    kept_.keep(target, std::move(socket));
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
    // Called once per process: prepares what all clients share, and returns what makes a client.
    // That it is a BlockingFactory pairs it with the blocking strategies.
    .prepare = +[](const ClientConfig& config) -> BlockingFactory {
      return [shared = std::make_shared<const PreparedTargets>(config)] {
        return std::make_unique<Client>(*shared);
      };
    },
    // Whether the default comparison has it; with `none` it takes part when it is named.
    .suite = Suite::none,
    // Descriptors that a client holds besides its connections.
    .client_descriptors = 0,
    // Whether it speaks TLS. If so, it verifies certificates: see transports/tls_client.h.
    .tls = false,
};

}  // namespace fanout
