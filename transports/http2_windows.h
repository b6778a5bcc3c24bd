// The windows that clients of HTTP/2 open to their servers, the same for every transport.
#pragma once

#include <cstdint>

namespace fanout {

// How many bytes of one answer's body a server may send before the client has said that it read
// some: so many that no server waits for a window on a near network.
inline constexpr std::int32_t kHttp2StreamWindow = 16 * 1024 * 1024;
// The same of all answers over one connection together.
inline constexpr std::int32_t kHttp2ConnectionWindow = 16 * 1024 * 1024;

}  // namespace fanout
