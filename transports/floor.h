// The floor: the least a verified request can cost a client, on one bare epoll loop. Canned bytes
// with the token put in, one send, one receive, a count of the body. No TLS, no library. Private to
// floor.cpp.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "transports/bare_response.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/tcp_connect.h"

namespace fanout {

class FloorClient final : public AsyncClient {
 public:
  explicit FloorClient(const ClientConfig& config);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override;
  void run() override;

 private:
  // A socket and the request it carries. Recycled, with its buffers, for other sockets.
  struct Connection {
    UniqueFd fd;
    std::uint32_t target = 0;
    const Request* request = nullptr;  // null: idle or spare
    Done done;
    OutgoingRequest out;
    BareResponse in;
    std::int64_t connect_by = kNever;  // kNever once connected
    std::int64_t answer_by = kNever;
    Outcome failure = Outcome::none;  // to be reported from the loop
    bool connected = false;
    bool kept = false;     // carried a request before
    bool blocked = false;  // not all is sent: waits until it is writable
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
  void connect(Connection& connection);
  void watch(Connection& connection, int operation);
  void send(Connection& connection);
  void on_event(Connection& connection, std::uint32_t events);
  void receive(Connection& connection);
  void ended(Connection& connection, BareResponse::Step step);
  void lost(Connection& connection);
  void fail_soon(Connection& connection, Outcome outcome);
  void report_failures();
  static void close(Connection& connection);
  void finish(Connection& connection, const Response& response, bool keep);
  void wake_at(std::int64_t due);
  void on_timer();
  void give_up_late_ones(std::int64_t now);

  const ClientConfig& config_;
  const std::string body_;
  UniqueFd epoll_;
  UniqueFd timer_;  // one for all: at or before whatever is due first
  std::int64_t timer_set_to_ = kNever;
  std::deque<Connection> connections_;  // a deque: connections stay where they are
  std::vector<Connection*> spare_;
  std::vector<Connection*> failing_;
  std::vector<Destination> destinations_;
  std::multimap<std::int64_t, std::function<void()>> callbacks_;  // by due time
  unsigned in_flight_ = 0;
  std::array<char, 64 * 1024> received_;  // what one receive brings, of any connection
};

}  // namespace fanout
