#include "transports/registry.h"

#include <array>

namespace fanout {

// One line per transport: it declares the row that the transport's own file defines and takes its
// address. Explicit on purpose: self-registering statics vanish when linked from static libraries.
std::span<const Transport* const> transports() {
  // clang-format off
  static const std::array rows{
      [] { extern const Transport curl_easy; return &curl_easy; }(),
      [] { extern const Transport curl_asio; return &curl_asio; }(),
      [] { extern const Transport curl_multi; return &curl_multi; }(),
      [] { extern const Transport beast_sync; return &beast_sync; }(),
      [] { extern const Transport beast_async; return &beast_async; }(),
      [] { extern const Transport nghttp2_async; return &nghttp2_async; }(),
      [] { extern const Transport httplib_client; return &httplib_client; }(),
      [] { extern const Transport floor_transport; return &floor_transport; }(),
      [] { extern const Transport uring_transport; return &uring_transport; }(),
      [] { extern const Transport null_transport; return &null_transport; }(),
  };
  // clang-format on
  return rows;
}

std::string fault_of(const Transport& transport) {
  return transport.fault == nullptr ? std::string() : transport.fault();
}

}  // namespace fanout
