#include "local_server/asio_core.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace fanout {

AsioCore::AsioCore(LoopGroup& loops) : group(&loops), place(loops.loops.size()) {
  loops.loops.push_back(this);
}

void AsioCore::begin_run(std::int64_t now_ns) {
  if (first_request_ns != 0) return;
  first_request_ns = now_ns;
  if (group != nullptr) {
    std::int64_t first_ns = 0;
    if (group->first_request_ns.compare_exchange_strong(first_ns, now_ns)) {
      for (AsioCore* loop : group->loops) {
        if (loop != this) boost::asio::post(loop->io, [loop, now_ns] { loop->begin_run(now_ns); });
      }
    } else {
      first_request_ns = first_ns;
    }
  }
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                  boost::asio::io_context::executor_type>;
  const Clock::time_point first(std::chrono::nanoseconds{first_request_ns});
  for (const Event& event : events) {
    auto owned = std::make_unique<Timer>(io.get_executor(), first + event.at);
    Timer& timer = *owned;
    timer.async_wait([owned = std::move(owned), &event](const boost::system::error_code& error) {
      if (!error) event.happen();
    });
  }
}

}  // namespace fanout
