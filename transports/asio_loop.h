// What the transports on Asio share. Private to them: including it compiles Asio.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace fanout {

// Asio's types with the concrete executor: the type-erased default costs an indirection per
// operation.
using AsioExecutor = boost::asio::io_context::executor_type;
using AsioSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, AsioExecutor>;
using AsioTimer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, AsioExecutor>;
using AsioError = boost::system::error_code;

// AsyncClient::after on an io_context.
inline void call_after(boost::asio::io_context& io, std::chrono::nanoseconds delay,
                       std::function<void()> callback) {
  auto owned = std::make_unique<AsioTimer>(io.get_executor(), delay);
  AsioTimer& timer = *owned;
  timer.async_wait(
      [owned = std::move(owned), callback = std::move(callback)](const AsioError& error) {
        if (!error) callback();
      });
}

}  // namespace fanout
