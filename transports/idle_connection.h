// When a kept connection is looked at before its next request, and the look.
#pragma once

#include <cstdint>
#include <string_view>

namespace fanout {

// A connection that was idle for no longer is used at once: a look costs a system call, and hardly
// anything can have come in that time (docs/decisions/0021-connections-and-addresses.md).
inline constexpr std::int64_t kFreshNs = 20'000;

// Whether nothing has come over an idle plain connection: neither its end nor bytes that nobody
// asked for. Over TLS: TlsStream::is_quiet.
bool is_quiet(int fd);

// What is said of a request that was lost to an end of its kept connection, and not sent again.
inline constexpr std::string_view kClosedMeanwhile =
    "the server closed the kept connection while the request was on its way; it may count, so it "
    "is not sent again";

}  // namespace fanout
