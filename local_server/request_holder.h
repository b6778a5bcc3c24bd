// Who keeps requests until something is due: an HTTP/1.1 connection or an HTTP/2 session.
#pragma once

#include <cstdint>

namespace fanout {

// Its requests are known to others by tickets. It ignores one that it has not given out, or whose
// request has moved on: nobody has to cancel anything.
class RequestHolder {
 public:
  virtual ~RequestHolder() = default;
  // The hold queue calls this when the deadline of `ticket` has come (hold_queue.h).
  virtual void hold_over(std::uint64_t ticket) = 0;
  // Whether the request that was given this ticket still waits for a place at its host.
  [[nodiscard]] virtual bool waits(std::uint64_t ticket) const = 0;
  // Its host has a place for it. REQUIRED: it waits.
  virtual void take_on(std::uint64_t ticket) = 0;
};

}  // namespace fanout
