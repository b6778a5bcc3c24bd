// What the bare transports `floor` and `uring` do alike: everything but how they wait for sockets,
// send and receive. Canned bytes with the token put in, a count of the body, no TLS, no library.
// Private to them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "transports/bare_response.h"
#include "transports/connection_pool.h"
#include "transports/loop_timer.h"

namespace fanout {

class BareClient : public AsyncClient {
 public:
  void start(const Request& request, Done done) final;
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) final;
  void give_up(const Request& request) final;

 protected:
  struct Connection : PooledConnection<BareResponse> {
    UniqueFd fd;
    Outcome failure = Outcome::none;  // to be reported from the loop
    bool blocked = false;             // not all is sent, or not known to be
    std::uint32_t number = 0;         // for the loop's own notes; 0: it has none
  };
  using Step = BareResponse::Step;

  BareClient(const PreparedTargets& shared, unsigned slots);

  // Sees to it that the request is sent, over a new socket (open()) unless it is connected.
  virtual void begin(Connection& connection) = 0;
  // The connection is about to be closed. It may have no socket.
  virtual void let_go(Connection& /*connection*/) {}

  // Whether no request and no callback is outstanding.
  [[nodiscard]] bool is_idle() const { return pool_.in_flight() == 0 && !timer_.has_callbacks(); }
  // Whether the loop has failures to report, and so must not wait.
  [[nodiscard]] bool any_failing() const { return !failing_.empty(); }
  void report_failures();
  // The timer's descriptor became readable.
  void on_timer();

  // Begins to connect; false if that failed, which will be reported.
  bool open(Connection& connection);
  void connected(Connection& connection) const;
  // Some of the answer came.
  void received(Connection& connection, std::string_view bytes);
  // Nothing more is to come: the answer is complete, broken, or (Step::more) cut short.
  void ended(Connection& connection, Step step);
  // Sending or receiving failed with this errno.
  void failed_with(Connection& connection, int error_number);
  // An idle connection ended, or brought bytes that nobody asked for.
  void drop(Connection& connection);
  // The same happened to one whose request is not sent yet: it gets a new one.
  void replace(Connection& connection);

  [[nodiscard]] int timer_fd() const { return timer_.fd(); }

 private:
  void lost(Connection& connection);
  void fail_soon(Connection& connection, Outcome outcome);
  void close(Connection& connection);
  void finish(Connection& connection, Response response, bool keep);

  const ClientConfig& config_;
  [[maybe_unused]] const unsigned slots_;
  ConnectionPool<Connection> pool_;
  LoopTimer timer_;
  std::vector<Connection*> failing_;
};

}  // namespace fanout
