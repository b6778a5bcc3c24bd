// The default engine: event loops, each on a thread of its own. One is as fast as nginx with one
// worker (bench/, docs/), so that it is not what is measured.
//
// Each host has one listener, which gives the connections that it accepts to the loops in turn.
// SO_REUSEPORT would spread them by a hash, unevenly and otherwise in every run (decision 33).
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/timer_slack.h"
#include "local_server/answer.h"
#include "local_server/asio_connection.h"
#include "local_server/certificate.h"
#include "local_server/engine.h"
#include "local_server/held_request.h"
#include "local_server/http2_alpn.h"
#include "wire/socket_options.h"

namespace fanout {
namespace {

namespace asio = boost::asio;
using Code = boost::system::error_code;
using Clock = std::chrono::steady_clock;

// Accepts the connections of one host.
class Listener {
 public:
  // Runs on the loop `core`, and gives to it and its group.
  Listener(AsioCore& core, const HostBehaviour& host, ssl_ctx_st* tls, HttpVersion newest)
      : core_(core),
        host_(host, tls, newest, core.group != nullptr),
        acceptor_(core.io),
        retry_(core.io),
        turn_(core.place) {}

  Endpoint open(const Endpoint& wanted);
  void wait();
  [[nodiscard]] Host& host() { return host_; }

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;
  using Timer =
      asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

  void accept_all();
  Code accept_here();
  Code accept_for(AsioCore& loop);
  void retry_later();

  AsioCore& core_;
  Host host_;
  Acceptor acceptor_;
  Timer retry_;
  std::size_t turn_;  // the loop of its group that gets the next connection
};

Endpoint Listener::open(const Endpoint& wanted) try {
  const asio::ip::tcp::endpoint at(asio::ip::make_address(wanted.address), wanted.port);
  acceptor_.open(at.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  // Linux hands a listener's options on to what it accepts, which saves two calls a connection.
  set_fanout_socket_options(acceptor_.native_handle());
  acceptor_.bind(at);
  // Bound and not listening, its port refuses connections and nobody else gets it.
  if (!refuses(host_.behaviour)) acceptor_.listen(SOMAXCONN);
  acceptor_.non_blocking(true);
  // Or else Asio would not tell, and wait for another one, and all connections with it.
  acceptor_.set_option(asio::socket_base::enable_connection_aborted(true));
  return {.address = wanted.address, .port = acceptor_.local_endpoint().port()};
} catch (const boost::system::system_error& error) {
  throw RunError(fmt::format("cannot listen on {}: {}", to_text(wanted), error.code().message()));
}

void Listener::wait() {
  if (refuses(host_.behaviour)) return;
  acceptor_.async_wait(asio::socket_base::wait_read, [this](const Code& error) {
    if (!error) accept_all();
  });
}

void Listener::accept_all() {
  while (true) {
    AsioCore& loop = core_.group == nullptr ? core_ : *core_.group->loops[turn_];
    const Code error = &loop == &core_ ? accept_here() : accept_for(loop);
    if (!error) {
      if (core_.group != nullptr) turn_ = (turn_ + 1) % core_.group->loops.size();
      continue;
    }
    if (error == asio::error::would_block) return wait();
    if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
    return retry_later();
  }
}

Code Listener::accept_here() {
  Connection& connection = Connection::idle(core_);
  Code error;
  acceptor_.accept(connection.socket(), error);
  if (error) {
    core_.idle.push_back(&connection);
    return error;
  }
  core_.ledger.connected(now_ns());
  connection.open(host_);
  return error;
}

Code Listener::accept_for(AsioCore& loop) {
  Connection::Socket socket(loop.io);
  Code error;
  acceptor_.accept(socket, error);
  if (error) return error;
  core_.ledger.connected(now_ns());
  asio::post(loop.io, [this, &loop, socket = std::move(socket)]() mutable {
    Connection& connection = Connection::idle(loop);
    connection.socket() = std::move(socket);
    connection.open(host_);
  });
  return error;
}

// Out of descriptors or memory: the connection stays in the backlog and the listener readable, so
// waiting for it would spin.
void Listener::retry_later() {
  constexpr std::chrono::milliseconds kPause{5};
  retry_.expires_after(kPause);
  retry_.async_wait([this](const Code& error) {
    if (!error) accept_all();
  });
}

class AsioEngine : public Engine {
 public:
  explicit AsioEngine(ServerConfig config);
  ~AsioEngine() override {
    stop_loops();
    close_all();
  }

  std::vector<Endpoint> start() override;
  [[nodiscard]] std::string certificate() const override { return trusted_.certificate; }
  ServerCounters stop() override;

 private:
  void make_identities(const std::vector<Endpoint>& endpoints);
  static void plan_events(AsioCore& core, Host& host);
  void run_loops();
  void stop_loops();
  void close_all();

  ServerConfig config_;
  TlsIdentity trusted_;  // both empty unless a host needs it
  TlsIdentity untrusted_;
  std::optional<LoopGroup> group_;  // nothing: there is one loop
  std::vector<std::unique_ptr<AsioCore>> loops_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::jthread> threads_;
};

// Where faults are counted once for each token, all loops have to know the tokens.
AsioEngine::AsioEngine(ServerConfig config) : config_(std::move(config)) {
  const unsigned loops = config_.loops.value_or(1);
  if (loops == 1) {
    loops_.push_back(std::make_unique<AsioCore>());
    return;
  }
  group_.emplace(
      !std::ranges::all_of(config_.hosts, &std::vector<FaultShare>::empty, &HostBehaviour::faults));
  for (unsigned i = 0; i < loops; ++i) loops_.push_back(std::make_unique<AsioCore>(*group_));
}

std::vector<Endpoint> AsioEngine::start() {
  std::vector<Endpoint> endpoints = addresses_of(config_);
  make_identities(endpoints);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const HostBehaviour& host = config_.hosts[i];
    const TlsIdentity& identity = host.tls == Tls::untrusted ? untrusted_ : trusted_;
    ssl_ctx_st* tls = host.tls == Tls::off ? nullptr : identity.context.get();
    AsioCore& core = *loops_[i % loops_.size()];
    auto& listener =
        listeners_.emplace_back(std::make_unique<Listener>(core, host, tls, config_.http));
    endpoints[i] = listener->open(endpoints[i]);
    for (const auto& loop : loops_) plan_events(*loop, listener->host());
  }
  for (const auto& loop : loops_) loop->ledger.expect(config_.first_tokens);
  for (const auto& listener : listeners_) listener->wait();
  run_loops();
  return endpoints;
}

void AsioEngine::run_loops() {
  for (const auto& loop : loops_) {
    threads_.emplace_back([&io = loop->io] {
      wake_on_time();
      // Connections may come to a loop that has nothing to do yet.
      const auto waits_for_work = asio::make_work_guard(io);
      io.run();
    });
  }
}

void AsioEngine::plan_events(AsioCore& core, Host& host) {
  const Freeze& freeze = host.behaviour.freeze;
  // The event loop sleeps, and with it everything on its one thread.
  if (freeze.lasting.count() > 0) {
    core.events.push_back({freeze.at, [&freeze] { std::this_thread::sleep_for(freeze.lasting); }});
  }
  // A limit that rises has places for those who wait, though nobody leaves one.
  const auto& limit = host.behaviour.limit;
  if (limit && limit->change_after.count() > 0) {
    core.events.push_back({limit->change_after, [&core, &host] { give_places(core, host); }});
  }
}

void AsioEngine::make_identities(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> addresses;
  for (const Endpoint& endpoint : endpoints) addresses.push_back(endpoint.address);
  // Made even if all hosts that speak TLS are untrusted: without a certificate to trust, clients
  // would trust whom the system trusts.
  const auto is_plain = [](const HostBehaviour& host) { return host.tls == Tls::off; };
  if (!std::ranges::all_of(config_.hosts, is_plain)) trusted_ = make_tls_identity(addresses);
  if (std::ranges::find(config_.hosts, Tls::untrusted, &HostBehaviour::tls) !=
      config_.hosts.end()) {
    untrusted_ = make_tls_identity(addresses);
  }
  if (config_.http == HttpVersion::http1) return;
  if (trusted_.context) offer_http2(*trusted_.context);
  if (untrusted_.context) offer_http2(*untrusted_.context);
}

ServerCounters AsioEngine::stop() {
  stop_loops();
  Ledger& ledger = loops_.front()->ledger;
  for (std::size_t i = 1; i < loops_.size(); ++i) ledger.add(loops_[i]->ledger);
  ServerCounters counters = ledger.counters();
  close_all();
  return counters;
}

void AsioEngine::stop_loops() {
  for (const auto& loop : loops_) loop->io.stop();
  threads_.clear();  // joins
}

// With the loops go the connections, also those that were on their way to a loop.
void AsioEngine::close_all() {
  listeners_.clear();
  loops_.clear();
}

}  // namespace

std::unique_ptr<Engine> make_asio_engine(ServerConfig config) {
  return std::make_unique<AsioEngine>(std::move(config));
}

}  // namespace fanout
