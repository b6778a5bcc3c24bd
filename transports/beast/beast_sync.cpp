// Boost.Beast's parser on a plain socket, one for each target. Waits with ppoll, because Asio's
// blocking calls know no time limit.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/fd.h"
#include "transports/deadline.h"
#include "transports/idle_connection.h"
#include "transports/kept_connections.h"
#include "transports/path.h"
#include "transports/phase_clock.h"
#include "transports/prepared_targets.h"
#include "transports/response_scanner.h"
#include "transports/tls_words.h"
#include "transports/wait_until.h"

namespace fanout {

namespace {

// A connection. What is encrypted ends before its socket is closed.
struct Wire {
  UniqueFd socket;
  TlsStream tls;  // none: plain
  std::int64_t idle_since = 0;

  // Receives without waiting, and returns what ::recv returns.
  ssize_t receive(std::span<char> space) {
    return tls ? tls.read(space) : ::recv(socket.get(), space.data(), space.size(), MSG_DONTWAIT);
  }
  int send(OutgoingRequest& request) {
    return tls ? request.send(tls) : request.send(socket.get());
  }
  bool is_good() { return tls ? tls.is_quiet() : is_quiet(socket.get()); }
  void close() {
    tls.shut_down();
    tls = {};
    socket.reset();
  }
};

class BeastSyncClient final : public BlockingClient {
 public:
  // `shared` is borrowed.
  explicit BeastSyncClient(const PreparedTargets& shared)
      : config_(shared.config),
        shared_(shared),
        tls_(shared.tls),
        kept_(kept_connections(shared.config)) {}
  Response fetch(const Request& request) override;

 private:
  // Parts of fetch; those that return an Outcome say ok to go on.
  Wire kept_wire(std::uint32_t target, std::int64_t now);
  Outcome connect(Wire& wire, std::uint32_t target);
  Outcome shake_hands(Wire& wire);
  Outcome send(Wire& wire, bool connected);
  Response receive(Wire& wire, const Request& request);
  Response exchange(Wire wire, const Request& request);

  const ClientConfig& config_;
  const PreparedTargets& shared_;
  TlsClient tls_;
  KeptConnections<Wire> kept_;
  OutgoingRequest out_;
  ResponseScanner in_;
  PhaseClock times_;
  std::int64_t connect_by_ = kNever;
  std::int64_t answer_by_ = kNever;
};

Response BeastSyncClient::fetch(const Request& request) {
  out_.begin(shared_.targets[request.target].text, request.token, shared_.form.body);
  in_.begin(method_of(config_, request.token), config_.keep_bodies);
  const std::int64_t now = now_ns();
  answer_by_ = give_up_at(config_, now);
  Wire wire = kept_wire(request.target, now);
  const bool kept = static_cast<bool>(wire.socket);
  times_.begin(config_, kept);
  Response response = exchange(std::move(wire), request);
  // The server may have closed a kept connection before the request came: if nothing was answered,
  // a new one is tried, once, unless the request might count twice.
  if (response.outcome != Outcome::reset || !kept || in_.any_received()) return response;
  if (!may_repeat(config_, request.token)) {
    return failed(config_, Outcome::reset, kClosedMeanwhile);
  }
  out_.rewind();
  times_.reconnect();
  return exchange(Wire(), request);
}

// An open connection that may carry a request to this target; else an empty one.
Wire BeastSyncClient::kept_wire(std::uint32_t target, std::int64_t now) {
  Wire wire = kept_.take(target).value_or(Wire());
  if (wire.socket && now - wire.idle_since > kFreshNs && !wire.is_good()) wire.close();
  return wire;
}

// Keeps the connection only if it may be used again.
Response BeastSyncClient::exchange(Wire wire, const Request& request) {
  const bool kept = static_cast<bool>(wire.socket);
  Outcome outcome = kept ? Outcome::ok : connect(wire, request.target);
  if (outcome == Outcome::ok) outcome = send(wire, kept || wire.tls);
  if (outcome != Outcome::ok && wire.socket) times_.gave_up(wire.socket.get());
  if (outcome != Outcome::ok) return failed(config_, outcome, tls_words(wire.tls));
  Response response = receive(wire, request);
  response.connected = !kept;
  if (config_.reuse && in_.reusable()) {
    wire.idle_since = now_ns();
    kept_.keep(request.target, std::move(wire));
  } else {
    wire.close();
  }
  return response;
}

// A plain connection may still be on its way when this returns.
Outcome BeastSyncClient::connect(Wire& wire, std::uint32_t target) {
  const SocketAddress& address = shared_.targets[target].address;
  connect_by_ = deadline_after(now_ns(), config_.connect_timeout);
  wire.socket.reset(open_socket(address.family()));
  const int error = wire.socket ? begin_connect(wire.socket.get(), address) : errno;
  if (error != 0) return connect_failure(error);
  wire.tls = tls_.stream(target, wire.socket.get());
  return wire.tls ? shake_hands(wire) : Outcome::ok;
}

Outcome BeastSyncClient::shake_hands(Wire& wire) {
  const std::int64_t deadline = std::min(answer_by_, connect_by_);
  while (true) {
    const TlsStream::Handshake step = wire.tls.handshake();
    if (step == TlsStream::Handshake::done) {
      times_.secured();
      return Outcome::ok;
    }
    if (step == TlsStream::Handshake::failed) return handshake_failure(errno);
    if (step == TlsStream::Handshake::wants_read) times_.connected(wire.socket.get());
    const short wanted = step == TlsStream::Handshake::wants_read ? POLLIN : POLLOUT;
    if (!wait_until(wire.socket.get(), wanted, deadline)) {
      return deadline == answer_by_ ? Outcome::timeout : Outcome::connect_timeout;
    }
  }
}

// Tries at once, even while connecting: on a near network the socket is mostly ready.
Outcome BeastSyncClient::send(Wire& wire, bool connected) {
  while (true) {
    const int error = wire.send(out_);
    if (error == 0 || out_.any_sent()) times_.connected(wire.socket.get());
    if (error == 0) return Outcome::ok;
    connected = connected || out_.any_sent();
    if (ended_by_alert(wire.tls)) return Outcome::tls;
    if (error != EAGAIN) return connected ? Outcome::reset : connect_failure(error);
    const std::int64_t deadline = connected ? answer_by_ : std::min(answer_by_, connect_by_);
    if (!wait_until(wire.socket.get(), POLLOUT, deadline)) {
      return deadline == answer_by_ ? Outcome::timeout : Outcome::connect_timeout;
    }
  }
}

Response BeastSyncClient::receive(Wire& wire, const Request& request) {
  using Step = ResponseScanner::Step;
  Step step = Step::more;
  Outcome outcome = Outcome::timeout;
  bool wait_first = true;  // the answer is never there at once, the rest of a long body may be
  while (step == Step::more) {
    if (wait_first && !wait_until(wire.socket.get(), POLLIN, answer_by_)) break;
    const std::span<char> space = in_.space();
    const ssize_t bytes = wire.receive(space);
    if (bytes > 0) {
      times_.first_byte();
      step = in_.received(static_cast<std::size_t>(bytes));
      // TLS gives a record at a time, and may hold more of them.
      wait_first = !wire.tls && static_cast<std::size_t>(bytes) < space.size();
    } else if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) {
      wait_first = true;
    } else {
      if (bytes == 0) step = in_.closed();
      if (ended_by_alert(wire.tls)) return failed(config_, Outcome::tls, tls_words(wire.tls));
      outcome = in_.lost();
      break;
    }
  }
  const Reply seen = in_.reply();
  if (step == Step::complete) {
    times_.answered();
    return verify(config_, request, seen);
  }
  if (step == Step::broken) {
    return failed(config_, Outcome::protocol, in_.why(), seen.status, seen.body_bytes);
  }
  return failed(outcome, seen.status, seen.body_bytes);
}

BlockingFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const PreparedTargets>(config)] {
    return std::make_unique<BeastSyncClient>(*shared);
  };
}

}  // namespace

extern const Transport beast_sync;
const Transport beast_sync{
    .name = "beast_sync",
    .stack = "beast",
    .summary = "Boost.Beast's parser on a blocking socket",
    .version = &beast_version,
    .prepare = &prepare,
};

}  // namespace fanout
