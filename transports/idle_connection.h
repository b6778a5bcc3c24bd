// When a kept connection is looked at before its next request, and the look.
#pragma once

#include <cstdint>

namespace fanout {

// A connection that was idle for no longer is used at once: a look costs a system call, and hardly
// anything can have come in that time (docs/decisions/0021-connections-and-addresses.md).
inline constexpr std::int64_t kFreshNs = 20'000;

// Whether nothing has come over an idle plain connection: neither its end nor bytes that nobody
// asked for. Over TLS: TlsStream::is_quiet.
bool is_quiet(int fd);

}  // namespace fanout
