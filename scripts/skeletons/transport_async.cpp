// HTTP/1.1 on plain sockets, driven by one loop on ppoll.
//
// Written by scripts/new-transport --async: a client that works, as a start for yours. Put your
// library where the loop and advance() are; transports/transport.h says what is required, and the
// contract tests check it. (ppoll looks at every socket at each turn. For thousands of requests in
// flight that is slow: transports/floor.cpp does the same with epoll.)
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <map>
#include <optional>

#include "base/clock.h"
#include "base/fd.h"
#include "transports/bare_response.h"
#include "transports/deadline.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/prepared_targets.h"
#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// One request under way, and the connection that carries it.
struct Exchange {
  const Request* request = nullptr;
  AsyncClient::Done done;
  UniqueFd socket;     // none: still to be opened
  bool kept = false;   // the socket carried a request before
  bool ready = false;  // the socket has something for advance()
  bool sent = false;   // all of the request: the answer is awaited
  OutgoingRequest out;
  BareResponse in;
  std::int64_t connect_by = kNever;  // kNever once connected
  std::int64_t answer_by = kNever;
};

class Client final : public AsyncClient {
 public:
  Client(const PreparedTargets& shared, unsigned slots);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override;
  void run() override;
  void give_up(const Request& request) override;

 private:
  // A connection kept for the next request to its target.
  struct Idle {
    std::uint32_t target;
    UniqueFd socket;
  };

  void wait();
  void advance_exchanges();
  void call_due_callbacks();

  // Parts of advance_exchanges, which yield a response once the request has ended.
  std::optional<Response> advance(Exchange& exchange);
  std::optional<Response> send(Exchange& exchange);
  std::optional<Response> receive(Exchange& exchange);
  std::optional<Response> lost(Exchange& exchange);
  Outcome connect(Exchange& exchange);
  Response end(Exchange& exchange);

  const ClientConfig& config_;
  const PreparedTargets& shared_;  // what all clients of this process share
  std::list<Idle> idle_;           // the one that is so longest first
  std::size_t most_idle_;
  std::list<Exchange> exchanges_;  // a list: they stay where they are
  std::vector<pollfd> polled_;     // one for each of them
  std::multimap<std::int64_t, std::function<void()>> callbacks_;  // by due time
  std::array<char, 65536> received_;                              // what one receive brings
};

// What is done once for each client: it is set-up, not a part of any request. Only here may a
// client throw. `shared` outlives it.
Client::Client(const PreparedTargets& shared, unsigned slots)
    : config_(shared.config), shared_(shared), most_idle_(kept_connections(config_, slots)) {}

// The first hook: begins a request and returns at once. `done` is called once, from run(), never
// from here; `request` lives until then. There are never more than its slots at once.
// It makes one attempt, because retries are made around it, the same for all transports
// (transports/policy.h).
void Client::start(const Request& request, Done done) {
  Exchange& exchange = exchanges_.emplace_back();
  exchange.request = &request;
  exchange.done = std::move(done);
  exchange.out.begin(shared_.targets[request.target].text, request.token, shared_.form.body);
  exchange.in.begin(method_of(config_, request.token));
  exchange.answer_by = give_up_at(config_, now_ns());
  const auto idle = std::ranges::find(idle_, request.target, &Idle::target);
  if (idle == idle_.end()) return;
  exchange.socket = std::move(idle->socket);
  idle_.erase(idle);
  if (!is_quiet(exchange.socket.get())) exchange.socket.reset();  // something came meanwhile
  exchange.kept = static_cast<bool>(exchange.socket);
}

// The second hook: a timer. `callback` is called once, from run().
void Client::after(std::chrono::nanoseconds delay, std::function<void()> callback) {
  callbacks_.emplace(now_ns() + std::max<std::int64_t>(delay.count(), 0), std::move(callback));
}

// The third hook: the loop. It returns when no request and no callback is outstanding, and may be
// called again. Everything that was handed over is called in here, and may start more requests.
void Client::run() {
  while (!exchanges_.empty() || !callbacks_.empty()) {
    wait();
    advance_exchanges();
    call_due_callbacks();
  }
}

// Ends a request at once: another attempt at it was quicker (transports/hedge.h). The connection
// goes with it, and `done` is not called. Called from callbacks, so that it only marks the
// exchange.
void Client::give_up(const Request& request) {
  const auto found = std::ranges::find(exchanges_, &request, &Exchange::request);
  if (found != exchanges_.end()) found->request = nullptr;
}

// Sleeps until a socket is ready or something is due.
void Client::wait() {
  std::int64_t due = callbacks_.empty() ? kNever : callbacks_.begin()->first;
  polled_.clear();
  for (const Exchange& exchange : exchanges_) {
    const short events = exchange.sent ? POLLIN : POLLOUT;
    polled_.push_back({exchange.socket.get(), events, 0});
    if (exchange.request == nullptr) due = 0;
    due = exchange.socket ? std::min({due, exchange.connect_by, exchange.answer_by}) : 0;
  }
  const std::int64_t left = std::max<std::int64_t>(due - now_ns(), 0);
  const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
  ::ppoll(polled_.data(), polled_.size(), due == kNever ? nullptr : &limit, nullptr);
  auto polled = polled_.begin();
  for (Exchange& exchange : exchanges_) exchange.ready = (polled++)->revents != 0;
}

void Client::advance_exchanges() {
  for (auto at = exchanges_.begin(); at != exchanges_.end();) {
    if (at->request == nullptr) {  // given up
      at = exchanges_.erase(at);
      continue;
    }
    const std::optional<Response> response = advance(*at);
    if (!response) {
      ++at;
      continue;
    }
    const Done done = std::move(at->done);
    at = exchanges_.erase(at);
    done(*response);
  }
}

void Client::call_due_callbacks() {
  const std::int64_t now = now_ns();
  while (!callbacks_.empty() && callbacks_.begin()->first <= now) {
    const auto due = callbacks_.extract(callbacks_.begin());
    due.mapped()();
  }
}

// Goes on with a request as far as it can without waiting.
std::optional<Response> Client::advance(Exchange& exchange) {
  const std::int64_t now = now_ns();
  if (now >= std::min(exchange.connect_by, exchange.answer_by)) {
    const bool late = now >= exchange.answer_by;
    const Reply seen = exchange.in.reply();
    return failed(late ? Outcome::timeout : Outcome::connect_timeout, seen.status, seen.body_bytes);
  }
  if (!exchange.socket) {
    const Outcome outcome = connect(exchange);
    return outcome == Outcome::ok ? send(exchange) : failed(outcome);
  }
  if (!exchange.ready) return std::nullopt;
  return exchange.sent ? receive(exchange) : send(exchange);
}

// Begins to connect. Whether that succeeds, send() finds out.
Outcome Client::connect(Exchange& exchange) {
  exchange.connect_by = deadline_after(now_ns(), config_.connect_timeout);
  const SocketAddress& address = shared_.targets[exchange.request->target].address;
  exchange.socket.reset(open_socket(address.family()));
  if (!exchange.socket) return connect_failure(errno);
  const int error = begin_connect(exchange.socket.get(), address);
  return error == 0 ? Outcome::ok : connect_failure(error);
}

std::optional<Response> Client::send(Exchange& exchange) {
  const int error = exchange.out.send(exchange.socket.get());
  if (error == 0 || exchange.out.any_sent()) exchange.connect_by = kNever;
  exchange.sent = error == 0;
  if (error == 0 || error == EAGAIN) return std::nullopt;
  const bool connected = exchange.kept || exchange.out.any_sent();
  return connected ? lost(exchange) : failed(connect_failure(error));
}

std::optional<Response> Client::receive(Exchange& exchange) {
  const ssize_t bytes = ::recv(exchange.socket.get(), received_.data(), received_.size(), 0);
  if (bytes < 0) return errno == EAGAIN || errno == EINTR ? std::nullopt : lost(exchange);
  const auto step = bytes == 0
                        ? exchange.in.closed()
                        : exchange.in.received({received_.data(), static_cast<std::size_t>(bytes)});
  if (step == BareResponse::Step::complete) return end(exchange);
  if (step == BareResponse::Step::broken) {
    const Reply seen = exchange.in.reply();
    return failed(config_, Outcome::protocol, exchange.in.why(), seen.status, seen.body_bytes);
  }
  return bytes == 0 ? lost(exchange) : std::nullopt;
}

// The server may have closed a kept connection before the request came: if nothing was answered, a
// new one is tried, once, unless the request might count twice.
std::optional<Response> Client::lost(Exchange& exchange) {
  if (exchange.kept && !exchange.in.any_received()) {
    if (!may_repeat(config_, exchange.request->token)) {
      return failed(config_, Outcome::reset, kClosedMeanwhile);
    }
    exchange.kept = exchange.sent = false;
    exchange.socket.reset();
    exchange.out.rewind();
    return std::nullopt;  // the next turn opens one
  }
  const Reply seen = exchange.in.reply();
  return failed(exchange.in.lost(), seen.status, seen.body_bytes);
}

// A complete response is judged by verify(), for every transport alike.
Response Client::end(Exchange& exchange) {
  const Request& request = *exchange.request;
  if (config_.reuse && exchange.in.reusable()) {
    idle_.push_back({request.target, std::move(exchange.socket)});
    if (idle_.size() > most_idle_) idle_.pop_front();
  }
  Response response = verify(config_, request, exchange.in.reply());
  response.connected = !exchange.kept;
  return response;
}

}  // namespace

// The row of the registry: all that the command line, the plan, the tests and the tables know.
extern const Transport skeleton;
const Transport skeleton{
    .name = "skeleton",
    // The HTTP library. Transports of one stack differ by how it is used.
    .stack = "skeleton",
    // One line, for `fanout list transports`.
    .summary = "HTTP/1.1 on a loop of ppoll, a connection for each request in flight; no TLS",
    // The version of the library as it runs; results carry it.
    .version = [] { return std::string("1"); },
    // Called once per process: prepares what all clients share, and returns what makes a client
    // that never has more than `slots` requests in flight. That it is an AsyncFactory pairs it with
    // the event-loop strategies.
    .prepare = +[](const ClientConfig& config) -> AsyncFactory {
      return [shared = std::make_shared<const PreparedTargets>(config)](unsigned slots) {
        return std::make_unique<Client>(*shared, slots);
      };
    },
    // Whether the default comparison has it; with `none` it takes part when it is named.
    .suite = Suite::none,
    // Descriptors that a client holds besides its connections: those of its loop and timers.
    .client_descriptors = 0,
    // Whether it speaks TLS. If so, it verifies certificates: see transports/tls_client.h.
    .tls = false,
};

}  // namespace fanout
