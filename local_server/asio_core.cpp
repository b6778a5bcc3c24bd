// What the connections of an engine share.
#include <boost/asio/basic_waitable_timer.hpp>

#include "local_server/asio_connection.h"

namespace fanout {

AsioCore::AsioCore() = default;
AsioCore::~AsioCore() = default;

Connection& AsioCore::idle_connection() {
  if (idle.empty()) {
    idle.push_back(connections.emplace_back(std::make_unique<Connection>(*this)).get());
  }
  Connection& connection = *idle.back();
  idle.pop_back();
  return connection;
}

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
