// The asynchronous Beast client: its connections, and the steps a request takes over one. Private
// to beast_async*.cpp: including it compiles Beast and Asio.
#pragma once

#include <functional>
#include <utility>

#include "transports/asio_loop.h"
#include "transports/connection_pool.h"
#include "transports/response_scanner.h"

namespace fanout {

class BeastAsyncClient final : public AsyncClient {
 public:
  BeastAsyncClient(const PreparedTargets& shared, unsigned slots);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    call_after(io_, delay, std::move(callback));
  }
  void run() override {
    io_.restart();
    io_.run();
  }
  void give_up(const Request& request) override;

 private:
  struct Connection : PooledConnection<ResponseScanner> {
    explicit Connection(const AsioExecutor& executor) : socket(executor) {}

    AsioSocket socket;
    TlsStream tls;            // none: a plain connection, or not yet one
    unsigned generation = 0;  // counts up when pending operations become void
  };

  static bool is_good(Connection& connection);
  static int open(Connection& connection, int family);
  void connect(Connection& connection);
  void send(Connection& connection);
  void wait_to_send(Connection& connection, AsioSocket::wait_type type);
  void receive(Connection& connection);
  void on_received(Connection& connection, const AsioError& error, std::size_t bytes);
  void ended(Connection& connection, ResponseScanner::Step step);
  // TLS, in beast_async_tls.cpp: the same steps of a connection that has it.
  void shake_hands(Connection& connection);
  void receive_tls(Connection& connection);
  void on_readable(Connection& connection);
  void lost(Connection& connection);
  void fail_soon(Connection& connection, Outcome outcome);
  void close(Connection& connection);
  void finish(Connection& connection, Response response, bool keep);
  void rest();
  void watch_deadline(std::int64_t deadline);
  void give_up_late_ones();

  const ClientConfig& config_;
  [[maybe_unused]] const unsigned slots_;
  TlsClient tls_;
  boost::asio::io_context io_{1};
  ConnectionPool<Connection> pool_;
  AsioTimer timer_;  // one for all: at or before the earliest deadline
  std::int64_t timer_set_to_ = kNever;
};

}  // namespace fanout
