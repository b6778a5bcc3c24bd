// The default engine: one event loop on one thread. As fast as nginx with one worker
// (bench/, docs/), so that it is not what is measured.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/timer_slack.h"
#include "local_server/answer.h"
#include "local_server/asio_connection.h"
#include "local_server/certificate.h"
#include "local_server/engine.h"
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
  Listener(AsioCore& core, const HostBehaviour& host, ssl_ctx_st* tls, HttpVersion newest)
      : core_(core), host_(host, tls, newest), acceptor_(core.io), retry_(core.io) {}

  Endpoint open(const Endpoint& wanted);
  void wait();
  [[nodiscard]] Host& host() { return host_; }

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;
  using Timer =
      asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

  void accept_all();
  void retry_later();

  AsioCore& core_;
  Host host_;
  Acceptor acceptor_;
  Timer retry_;
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
    Connection& connection = Connection::idle(core_);
    Code error;
    acceptor_.accept(connection.socket(), error);
    if (!error) {
      core_.ledger.connected(now_ns());
      connection.open(host_);
      continue;
    }
    core_.idle.push_back(&connection);
    if (error == asio::error::would_block) return wait();
    if (error == asio::error::connection_aborted || error == asio::error::interrupted) continue;
    return retry_later();
  }
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
  explicit AsioEngine(ServerConfig config) : config_(std::move(config)) {}
  ~AsioEngine() override { shut_down(); }

  std::vector<Endpoint> start() override;
  [[nodiscard]] std::string certificate() const override { return trusted_.certificate; }
  ServerCounters stop() override;

 private:
  void make_identities(const std::vector<Endpoint>& endpoints);
  void plan_events(Host& host);
  void shut_down();

  ServerConfig config_;
  TlsIdentity trusted_;  // both empty unless a host needs it
  TlsIdentity untrusted_;
  AsioCore core_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::jthread thread_;
};

std::vector<Endpoint> AsioEngine::start() {
  std::vector<Endpoint> endpoints = addresses_of(config_);
  make_identities(endpoints);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const HostBehaviour& host = config_.hosts[i];
    const TlsIdentity& identity = host.tls == Tls::untrusted ? untrusted_ : trusted_;
    ssl_ctx_st* tls = host.tls == Tls::off ? nullptr : identity.context.get();
    auto& listener =
        listeners_.emplace_back(std::make_unique<Listener>(core_, host, tls, config_.http));
    endpoints[i] = listener->open(endpoints[i]);
    plan_events(listener->host());
  }
  for (const auto& listener : listeners_) listener->wait();
  thread_ = std::jthread([this] {
    wake_on_time();
    core_.io.run();
  });
  return endpoints;
}

void AsioEngine::plan_events(Host& host) {
  const Freeze& freeze = host.behaviour.freeze;
  // The event loop sleeps, and with it everything on its one thread.
  if (freeze.lasting.count() > 0) {
    core_.events.push_back({freeze.at, [&freeze] { std::this_thread::sleep_for(freeze.lasting); }});
  }
  // A limit that rises has places for those who wait, though nobody leaves one.
  const auto& limit = host.behaviour.limit;
  if (limit && limit->change_after.count() > 0) {
    core_.events.push_back({limit->change_after, [this, &host] {
                              take_on_waiting(host, now_ns() - core_.first_request_ns);
                            }});
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
  shut_down();
  return core_.ledger.counters();
}

void AsioEngine::shut_down() {
  core_.io.stop();
  if (thread_.joinable()) thread_.join();
  listeners_.clear();
  core_.idle.clear();
  core_.connections.clear();  // closes their sockets; the loop runs no more
}

}  // namespace

std::unique_ptr<Engine> make_asio_engine(ServerConfig config) {
  return std::make_unique<AsioEngine>(std::move(config));
}

}  // namespace fanout
