// The floor: the least a verified request can cost a client, on one bare epoll loop. Canned bytes
// with the token put in, one send, one receive, a count of the body. No TLS, no library. Private to
// floor.cpp.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <vector>

#include "base/fd.h"
#include "transports/bare_response.h"
#include "transports/connection_pool.h"

namespace fanout {

class FloorClient final : public AsyncClient {
 public:
  FloorClient(const PreparedTargets& shared, unsigned slots);
  void start(const Request& request, Done done) override;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override;
  void run() override;
  void give_up(const Request& request) override;

 private:
  struct Connection : PooledConnection<BareResponse> {
    UniqueFd fd;
    Outcome failure = Outcome::none;  // to be reported from the loop
    bool blocked = false;             // not all is sent: waits until it is writable
  };

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
  void finish(Connection& connection, Response response, bool keep);
  void wake_at(std::int64_t due);
  void on_timer();

  const ClientConfig& config_;
  [[maybe_unused]] const unsigned slots_;
  ConnectionPool<Connection> pool_;
  UniqueFd epoll_;
  UniqueFd timer_;  // one for all: at or before whatever is due first
  std::int64_t timer_set_to_ = kNever;
  std::vector<Connection*> failing_;
  std::multimap<std::int64_t, std::function<void()>> callbacks_;  // by due time
  std::array<char, 64 * 1024> received_;  // what one receive brings, of any connection
};

}  // namespace fanout
