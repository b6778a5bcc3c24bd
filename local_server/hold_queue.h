// The deadlines of an engine: which connection to wake, and when. One timer serves them all, set to
// the earliest, so a held request costs a push and a pop and no timer of its own.
//
// Used on the engine's thread only. A connection is woken at its deadline or later, never earlier.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

namespace fanout {

class Connection;

class HoldQueue {
 public:
  explicit HoldQueue(boost::asio::io_context& io) : timer_(io) {}

  // Calls connection.hold_over(ticket) at `deadline_ns` on the clock of base/clock.h. There is no
  // cancelling: a connection that moved on ignores tickets it no longer knows.
  void add(std::int64_t deadline_ns, Connection& connection, std::uint64_t ticket);

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                  boost::asio::io_context::executor_type>;
  static constexpr std::int64_t kUnarmed = std::numeric_limits<std::int64_t>::max();

  struct Hold {
    std::int64_t deadline_ns;
    Connection* connection;
    std::uint64_t ticket;
    bool operator>(const Hold& other) const { return deadline_ns > other.deadline_ns; }
  };

  void arm(std::int64_t deadline_ns);
  void wake_due();

  Timer timer_;
  std::int64_t armed_for_ns_ = kUnarmed;
  std::priority_queue<Hold, std::vector<Hold>, std::greater<>> holds_;
};

}  // namespace fanout
