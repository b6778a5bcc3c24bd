#include "local_server/asio_core.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <utility>

namespace fanout {

void AsioCore::begin_run(std::int64_t now_ns) {
  first_request_ns = now_ns;
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                  boost::asio::io_context::executor_type>;
  for (const Event& event : events) {
    auto owned = std::make_unique<Timer>(io.get_executor(), event.at);
    Timer& timer = *owned;
    timer.async_wait([owned = std::move(owned), &event](const boost::system::error_code& error) {
      if (!error) event.happen();
    });
  }
}

}  // namespace fanout
