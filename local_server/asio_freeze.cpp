// A server that stands still: its event loop sleeps, and with it everything on its one thread.
#include <boost/asio/basic_waitable_timer.hpp>
#include <thread>

#include "local_server/asio_connection.h"

namespace fanout {

void AsioCore::freeze_later() {
  using Clock = std::chrono::steady_clock;
  using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>,
                                                  boost::asio::io_context::executor_type>;
  for (const Freeze& freeze : freezes) {
    auto owned = std::make_unique<Timer>(io.get_executor(), freeze.at);
    Timer& timer = *owned;
    timer.async_wait([owned = std::move(owned),
                      lasting = freeze.lasting](const boost::system::error_code& error) {
      if (!error) std::this_thread::sleep_for(lasting);
    });
  }
}

}  // namespace fanout
