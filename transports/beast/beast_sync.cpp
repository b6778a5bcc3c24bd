// Boost.Beast's parser on a plain socket, one for each target. Waits with ppoll, because Asio's
// blocking calls know no time limit.
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/fd.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/response_scanner.h"
#include "transports/tcp_connect.h"
#include "transports/tls_client.h"
#include "transports/tls_words.h"
#include "transports/wait_until.h"

namespace fanout {

namespace {

// A connection. What is encrypted ends before its socket is closed.
struct Wire {
  UniqueFd socket;
  TlsStream tls;  // none: plain

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
  explicit BeastSyncClient(const ClientConfig& config);
  Response fetch(const Request& request) override;

 private:
  struct Destination {
    SocketAddress address;
    RequestText text;
    Wire wire;  // kept for the next request
    std::int64_t idle_since = 0;
  };

  // Parts of fetch; those that return an Outcome say ok to go on.
  Outcome connect(Wire& wire, const Destination& destination, std::uint32_t target);
  Outcome shake_hands(Wire& wire);
  Outcome send(Wire& wire, bool connected);
  Response receive(Wire& wire, const Request& request);
  Response exchange(Destination& destination, const Request& request);

  const ClientConfig& config_;
  const RequestForm form_;
  TlsClient tls_;
  std::vector<Destination> destinations_;
  OutgoingRequest out_;
  ResponseScanner in_;
  std::int64_t connect_by_ = kNever;
  std::int64_t answer_by_ = kNever;
};

BeastSyncClient::BeastSyncClient(const ClientConfig& config)
    : config_(config), form_(default_form(config)), tls_(config) {
  for (const Target& target : config.targets) {
    destinations_.push_back(
        {socket_address(target), RequestText(config, target, form_.view()), Wire(), 0});
  }
}

Response BeastSyncClient::fetch(const Request& request) {
  Destination& destination = destinations_[request.target];
  out_.begin(destination.text, request.token, form_.body);
  in_.begin(method_of(config_, request.token));
  const std::int64_t now = now_ns();
  answer_by_ = give_up_at(config_, now);
  Wire& wire = destination.wire;
  if (wire.socket && now - destination.idle_since > kFreshNs && !wire.is_good()) wire.close();
  const bool kept = static_cast<bool>(wire.socket);
  const Response response = exchange(destination, request);
  // The server may have closed a kept connection before the request came: if nothing was answered,
  // a new one is tried, once, unless the request might count twice.
  if (response.outcome != Outcome::reset || !kept || in_.any_received()) return response;
  if (!may_repeat(config_, request.token)) {
    return failed(config_, Outcome::reset, kClosedMeanwhile);
  }
  out_.rewind();
  return exchange(destination, request);
}

// Leaves the socket in the destination only if it may be used again.
Response BeastSyncClient::exchange(Destination& destination, const Request& request) {
  Wire wire = std::move(destination.wire);
  const bool kept = static_cast<bool>(wire.socket);
  Outcome outcome = kept ? Outcome::ok : connect(wire, destination, request.target);
  if (outcome == Outcome::ok) outcome = send(wire, kept || wire.tls);
  if (outcome != Outcome::ok) return failed(config_, outcome, tls_words(wire.tls));
  Response response = receive(wire, request);
  response.connected = !kept;
  if (config_.reuse && in_.reusable()) {
    destination.wire = std::move(wire);
    destination.idle_since = now_ns();
  } else {
    wire.close();
  }
  return response;
}

// A plain connection may still be on its way when this returns.
Outcome BeastSyncClient::connect(Wire& wire, const Destination& destination, std::uint32_t target) {
  connect_by_ = deadline_after(now_ns(), config_.connect_timeout);
  wire.socket.reset(open_socket(destination.address.family()));
  const int error = wire.socket ? begin_connect(wire.socket.get(), destination.address) : errno;
  if (error != 0) return connect_failure(error);
  wire.tls = tls_.stream(target, wire.socket.get());
  return wire.tls ? shake_hands(wire) : Outcome::ok;
}

Outcome BeastSyncClient::shake_hands(Wire& wire) {
  const std::int64_t deadline = std::min(answer_by_, connect_by_);
  while (true) {
    const TlsStream::Handshake step = wire.tls.handshake();
    if (step == TlsStream::Handshake::done) return Outcome::ok;
    if (step == TlsStream::Handshake::failed) return handshake_failure(errno);
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
  if (step == Step::complete) return verify(config_, request, seen);
  if (step == Step::broken) {
    return failed(config_, Outcome::protocol, in_.why(), seen.status, seen.body_bytes);
  }
  return failed(outcome, seen.status, seen.body_bytes);
}

std::unique_ptr<BlockingClient> make(const ClientConfig& config) {
  return std::make_unique<BeastSyncClient>(config);
}

}  // namespace

extern const Transport beast_sync;
const Transport beast_sync{
    .name = "beast_sync",
    .stack = "beast",
    .summary = "Boost.Beast's parser on a blocking socket",
    .version = &beast_version,
    .make = &make,
};

}  // namespace fanout
