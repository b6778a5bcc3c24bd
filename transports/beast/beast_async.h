// The asynchronous Beast client: its connections, and the steps a request takes over one. Private
// to beast_async*.cpp: including it compiles Beast and Asio.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "transports/asio_loop.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/response_scanner.h"
#include "transports/tcp_connect.h"
#include "transports/tls_client.h"

namespace fanout {

class BeastAsyncClient final : public AsyncClient {
 public:
  explicit BeastAsyncClient(const ClientConfig& config);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    call_after(io_, delay, std::move(callback));
  }
  void run() override {
    io_.restart();
    io_.run();
  }

 private:
  // A socket and the request it carries. Recycled, with its buffers, for other sockets.
  struct Connection {
    explicit Connection(const AsioExecutor& executor) : socket(executor) {}

    AsioSocket socket;
    TlsStream tls;  // none: a plain connection, or not yet one
    OutgoingRequest out;
    ResponseScanner in;
    const Request* request = nullptr;  // null: idle or spare
    AsyncClient::Done done;
    std::int64_t connect_by = kNever;  // kNever once connected
    std::int64_t answer_by = kNever;
    unsigned generation = 0;  // counts up when pending operations become void
    bool connected = false;   // TLS: and its handshake is done
    bool kept = false;        // carried a request before
  };

  // What the requests to one target share.
  struct Destination {
    Destination(const ClientConfig& config, const Target& target)
        : address(socket_address(target)), text(config, target) {}
    sockaddr_in address;
    RequestText text;
    std::vector<Connection*> idle;
  };

  Connection& take(Destination& destination);
  static AsioError open_socket(Connection& connection);
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
  void finish(Connection& connection, const Response& response, bool keep);
  void watch_deadline(std::int64_t deadline);
  void give_up_late_ones();

  const ClientConfig& config_;
  const std::string body_;
  TlsClient tls_;
  boost::asio::io_context io_{1};
  AsioTimer timer_;  // one for all: at or before the earliest deadline
  std::int64_t timer_set_to_ = kNever;
  std::deque<Connection> connections_;  // a deque: connections stay where they are
  std::vector<Connection*> spare_;
  std::vector<Destination> destinations_;
  unsigned in_flight_ = 0;
};

}  // namespace fanout
