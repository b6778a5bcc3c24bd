// The callbacks and deadlines of an event loop that owns its sockets, on one timer of the kernel.
// Belongs to its loop's thread. Private to the transports `floor` and `uring`.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>

#include "base/fd.h"
#include "transports/deadline.h"

namespace fanout {

class LoopTimer {
 public:
  // Throws RunError if there is no timer.
  LoopTimer();

  // Becomes readable when something is due. Nobody reads it, so a loop watches for its edges.
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool has_callbacks() const { return !callbacks_.empty(); }

  void call_after(std::chrono::nanoseconds delay, std::function<void()> callback);
  // Lets the timer go off at `due` (base/clock.h) or before. What is due mostly comes in ascending
  // order, so the timer is set once a timeout, not once a request.
  void wake_at(std::int64_t due) {
    if (due < set_to_) set(due);
  }
  // It went off: makes the callbacks that are due at `now`. What else is due the loop has to see
  // to, and to say wake_at() for what is not.
  void went_off(std::int64_t now);

 private:
  void set(std::int64_t due);

  UniqueFd fd_;
  std::int64_t set_to_ = kNever;
  std::multimap<std::int64_t, std::function<void()>> callbacks_;  // by due time
};

}  // namespace fanout
