// The second engine: cpp-httplib, for cross-checking the first. A server for each host, and one
// pool of threads for all. It keeps a thread per connection, so connections beyond the pool wait.
//
// What of cpp-httplib 0.11.4 would distort is set right here: 5 requests a connection, a backlog of
// 5, Nagle's algorithm, SO_REUSEPORT, a std::regex match per request. What remains: an idle
// connection sleeps 1 ms in every 11, head and body leave in two sends, pipelined requests are
// dropped, and a client that goes away is not noticed, so its request counts as answered.
#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <ctime>
#include <functional>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/timer_slack.h"
#include "local_server/answer.h"
#include "local_server/engine.h"
#include "local_server/httplib_support.h"
#include "wire/socket_options.h"
#include "wire/token.h"

namespace fanout {
namespace {

using httplib::Request;
using httplib::Response;
using Handled = httplib::Server::HandlerResponse;

class HttplibEngine : public Engine {
 public:
  explicit HttplibEngine(ServerConfig config) : config_(std::move(config)), pool_(config_.threads) {
    ledger_.expect(config_.first_tokens);
  }
  ~HttplibEngine() override { shut_down(); }

  std::vector<Endpoint> start() override;
  ServerCounters stop() override;

 private:
  struct Host {
    HostBehaviour behaviour;
    std::string body;
    httplib::Server server;
    int listening_fd = -1;
  };

  // What a server calls for each accepted connection: counts it, and hands it to the shared pool.
  class Accepted : public httplib::TaskQueue {
   public:
    explicit Accepted(HttplibEngine& engine) : engine_(engine) {}
    Enqueued enqueue(std::function<void()> serve) override {
      engine_.accepted(std::move(serve));
      return Enqueued(true);
    }
    void shutdown() override {}

   private:
    HttplibEngine& engine_;
  };

  void configure(Host& host);
  static Endpoint listen(Host& host, const Endpoint& wanted);
  void accepted(std::function<void()> serve);
  void answer(const Host& host, const Request& request, Response& response,
              std::uint64_t body_bytes);
  std::uint64_t arrived(const Request& request, Response& response, std::uint64_t body_bytes);
  void sleep_until(std::int64_t deadline_ns) const;
  void answered(std::int64_t arrival_ns, std::int64_t intended_ns);
  void shut_down();

  ServerConfig config_;
  std::mutex mutex_;  // guards ledger_
  Ledger ledger_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<Host>> hosts_;
  boost::asio::thread_pool pool_;
  std::vector<std::jthread> acceptors_;
};

std::vector<Endpoint> HttplibEngine::start() {
  std::vector<Endpoint> endpoints = addresses_of(config_);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    Host& host = *hosts_.emplace_back(std::make_unique<Host>());
    host.behaviour = config_.hosts[i];
    host.body = body_of(host.behaviour);
    configure(host);
    endpoints[i] = listen(host, endpoints[i]);
    ports_.push_back(endpoints[i].port);
  }
  for (const auto& host : hosts_) {
    acceptors_.emplace_back([server = &host->server] { server->listen_after_bind(); });
  }
  for (const auto& host : hosts_) {
    // stop() has no effect on a server whose thread has not come this far.
    while (!host->server.is_running()) std::this_thread::yield();
  }
  return endpoints;
}

void HttplibEngine::configure(Host& host) {
  constexpr time_t kKeepAliveSeconds = 3600;
  constexpr time_t kReadSeconds = 60;
  httplib::Server& server = host.server;
  server.new_task_queue = [this] { return new Accepted(*this); };
  server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max());
  server.set_keep_alive_timeout(kKeepAliveSeconds);
  server.set_read_timeout(kReadSeconds);
  server.set_tcp_nodelay(true);
  server.set_socket_options([&host](int fd) {
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    set_fanout_socket_options(fd);
    host.listening_fd = fd;
  });
  // Answering before routing spares a regular expression per request. A body has to be read by a
  // route of its own.
  server.set_pre_routing_handler([this, &host](const Request& request, Response& response) {
    if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding")) {
      return Handled::Unhandled;
    }
    answer(host, request, response, 0);
    return Handled::Handled;
  });
  const auto with_body = [this, &host](const Request& request, Response& response,
                                       const httplib::ContentReader& read) {
    answer(host, request, response, discard_body(request, read));
  };
  server.Post(".*", with_body);
  server.Put(".*", with_body);
  server.Patch(".*", with_body);
  server.Delete(".*", with_body);
}

Endpoint HttplibEngine::listen(Host& host, const Endpoint& wanted) {
  Endpoint endpoint = wanted;
  errno = 0;
  if (wanted.port == 0) {
    const int port = host.server.bind_to_any_port(wanted.address);
    endpoint.port = static_cast<std::uint16_t>(std::max(port, 0));
  } else if (!host.server.bind_to_port(wanted.address, wanted.port)) {
    endpoint.port = 0;
  }
  // cpp-httplib listens with a backlog of 5; listening again only makes it longer.
  if (endpoint.port == 0 || ::listen(host.listening_fd, SOMAXCONN) != 0) {
    const std::string reason = errno ? std::generic_category().message(errno) : "unknown reason";
    throw RunError(fmt::format("cannot listen on {}: {}", to_text(wanted), reason));
  }
  return endpoint;
}

void HttplibEngine::accepted(std::function<void()> serve) {
  {
    const std::scoped_lock lock(mutex_);
    ledger_.connected(now_ns());
  }
  boost::asio::post(pool_, [serve = std::move(serve)] {
    wake_on_time();
    serve();
  });
}

// Counts the request, gives its answer the token, and returns what its delay is drawn by.
std::uint64_t HttplibEngine::arrived(const Request& request, Response& response,
                                     std::uint64_t body_bytes) {
  const auto token = token_of_path(request.path);
  if (token) {
    const TokenText text = token_text(*token);
    response.set_header(std::string(kTokenHeader), std::string(text.data(), text.size()));
  }
  const std::scoped_lock lock(mutex_);
  const Arrival arrival = ledger_.arrived(token);
  ledger_.asked(request.method, body_bytes);
  return token.value_or(arrival.number);
}

void HttplibEngine::answer(const Host& host, const Request& request, Response& response,
                           std::uint64_t body_bytes) {
  const std::int64_t arrival_ns = now_ns();
  const std::uint64_t drawn_by = arrived(request, response, body_bytes);
  const std::int64_t intended_ns = draw(host.behaviour.delay, drawn_by).count();
  response.status = static_cast<int>(host.behaviour.status);
  if (may_have_body(host.behaviour.status)) {
    response.set_content(host.body.data(), draw_body(host.behaviour, drawn_by),
                         std::string(content_type(host.behaviour)));
  }
  if (intended_ns > 0) sleep_until(arrival_ns + intended_ns);
  answered(arrival_ns, intended_ns);
}

// Sleeps in slices, so that stop() need not wait for a long delay; the last ends at the deadline.
void HttplibEngine::sleep_until(std::int64_t deadline_ns) const {
  constexpr std::int64_t kSliceNs = 50'000'000;
  constexpr std::int64_t kSecondNs = 1'000'000'000;
  for (std::int64_t now = now_ns(); now < deadline_ns && !stopping_; now = now_ns()) {
    const std::int64_t until = std::min(deadline_ns, now + kSliceNs);
    const timespec time{.tv_sec = until / kSecondNs, .tv_nsec = until % kSecondNs};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr);
  }
}

// Counted before cpp-httplib sends it: once the client has the answer it may start another request,
// which must not look like one more in flight.
void HttplibEngine::answered(std::int64_t arrival_ns, std::int64_t intended_ns) {
  const std::int64_t leaving_ns = now_ns();
  const std::scoped_lock lock(mutex_);
  ledger_.left();
  if (leaving_ns - arrival_ns < intended_ns) return;  // cut short by stop(): abandoned
  ledger_.answered(arrival_ns, leaving_ns, intended_ns);
}

ServerCounters HttplibEngine::stop() {
  shut_down();
  const std::scoped_lock lock(mutex_);
  return ledger_.counters();
}

void HttplibEngine::shut_down() {
  stopping_ = true;
  for (const auto& host : hosts_) host->server.stop();
  acceptors_.clear();  // joins: nothing is accepted from here on
  shut_down_connections(ports_);
  pool_.join();
  hosts_.clear();
}

}  // namespace

std::unique_ptr<Engine> make_httplib_engine(ServerConfig config) {
  check_engine(config);
  return std::make_unique<HttplibEngine>(std::move(config));
}

}  // namespace fanout
