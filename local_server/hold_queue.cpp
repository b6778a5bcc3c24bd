#include "local_server/hold_queue.h"

#include "base/clock.h"
#include "local_server/asio_connection.h"

namespace fanout {

void HoldQueue::add(std::int64_t deadline_ns, Connection& connection, std::uint64_t ticket) {
  holds_.push({deadline_ns, &connection, ticket});
  if (deadline_ns < armed_for_ns_) arm(deadline_ns);
}

void HoldQueue::arm(std::int64_t deadline_ns) {
  armed_for_ns_ = deadline_ns;
  timer_.expires_at(Clock::time_point(std::chrono::nanoseconds(deadline_ns)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) wake_due();
  });
}

void HoldQueue::wake_due() {
  // While connections are woken the queue counts as armed, so that what they add does not set the
  // timer again and again; it is set once at the end.
  armed_for_ns_ = std::numeric_limits<std::int64_t>::min();
  while (!holds_.empty() && holds_.top().deadline_ns <= now_ns()) {
    const Hold hold = holds_.top();
    holds_.pop();
    hold.connection->hold_over(hold.ticket);
  }
  armed_for_ns_ = kUnarmed;
  if (!holds_.empty()) arm(holds_.top().deadline_ns);
}

}  // namespace fanout
