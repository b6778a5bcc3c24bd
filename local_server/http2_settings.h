// What a host announces to its HTTP/2 clients.
#pragma once

#include <cstdint>

namespace fanout {

struct Http2Settings {
  unsigned max_streams = 100;  // at once on one connection
  // The bytes of a request's body that may be on their way unread, and those of all bodies of one
  // connection.
  std::uint32_t stream_window = 1U << 20;
  std::uint32_t connection_window = 1U << 20;
};

}  // namespace fanout
