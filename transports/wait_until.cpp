#include "transports/wait_until.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "transports/deadline.h"

namespace fanout {

bool wait_until(int fd, short events, std::int64_t deadline) {
  pollfd entry{fd, events, 0};
  while (true) {
    const std::int64_t left = std::max<std::int64_t>(deadline - now_ns(), 0);
    const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
    const int ready = ::ppoll(&entry, 1, deadline == kNever ? nullptr : &limit, nullptr);
    if (ready >= 0 || errno != EINTR) return ready != 0;
  }
}

}  // namespace fanout
