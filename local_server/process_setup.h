// What a process that runs an engine does first.
#pragma once

#include <cstdint>

namespace fanout {

// Raises the limit of open descriptors as far as allowed and ignores SIGPIPE: a client that has
// gone is an error of a write, not the end of the server.
void set_up_server_process();

// User + system time of this process so far.
std::int64_t process_cpu_ns();

}  // namespace fanout
