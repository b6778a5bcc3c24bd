// The deadlines of an engine: which connection to wake, and when. One timer serves them all, set to
// the earliest, so a held request costs a push and a pop and no timer of its own.
//
// Used on the engine's thread only. A connection is woken at its deadline or later, never earlier.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <vector>

#include "base/clock.h"

namespace fanout {

// A queue of waiting `Held` objects, which have a member hold_over(std::uint64_t ticket).
template <class Held>
class HoldQueue {
 public:
  explicit HoldQueue(boost::asio::io_context& io) : timer_(io) {}

  // Calls held.hold_over(ticket) at `deadline_ns` on the clock of base/clock.h. There is no
  // cancelling: an object that moved on ignores tickets it no longer knows.
  void add(std::int64_t deadline_ns, Held& held, std::uint64_t ticket) {
    holds_.push({deadline_ns, &held, ticket});
    if (deadline_ns < armed_for_ns_) arm(deadline_ns);
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                  boost::asio::io_context::executor_type>;
  static constexpr std::int64_t kUnarmed = std::numeric_limits<std::int64_t>::max();

  struct Hold {
    std::int64_t deadline_ns;
    Held* held;
    std::uint64_t ticket;
    bool operator>(const Hold& other) const { return deadline_ns > other.deadline_ns; }
  };

  void arm(std::int64_t deadline_ns) {
    armed_for_ns_ = deadline_ns;
    timer_.expires_at(Clock::time_point(std::chrono::nanoseconds(deadline_ns)));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) wake_due();
    });
  }

  void wake_due() {
    // While they are woken the queue counts as armed, so that what they add does not set the timer
    // again and again; it is set once at the end.
    armed_for_ns_ = std::numeric_limits<std::int64_t>::min();
    while (!holds_.empty() && holds_.top().deadline_ns <= now_ns()) {
      const Hold hold = holds_.top();
      holds_.pop();
      hold.held->hold_over(hold.ticket);
    }
    armed_for_ns_ = kUnarmed;
    if (!holds_.empty()) arm(holds_.top().deadline_ns);
  }

  Timer timer_;
  std::int64_t armed_for_ns_ = kUnarmed;
  std::priority_queue<Hold, std::vector<Hold>, std::greater<>> holds_;
};

}  // namespace fanout
