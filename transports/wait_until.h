// Waiting on one socket, for the transports that block.
#pragma once

#include <cstdint>

namespace fanout {

// Waits until `fd` is ready for one of `events` (those of poll) or its error can be read, or until
// `deadline` (base/clock.h, or kNever) has passed; false if it has.
bool wait_until(int fd, short events, std::int64_t deadline);

}  // namespace fanout
