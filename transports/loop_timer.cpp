#include "transports/loop_timer.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/error.h"

namespace fanout {

LoopTimer::LoopTimer() : fd_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (!fd_) throw_errno("timer");
}

void LoopTimer::call_after(std::chrono::nanoseconds delay, std::function<void()> callback) {
  const std::int64_t due = now_ns() + std::max<std::int64_t>(delay.count(), 0);
  callbacks_.emplace(due, std::move(callback));
  wake_at(due);
}

void LoopTimer::set(std::int64_t due) {
  set_to_ = due;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const itimerspec when{.it_interval = {}, .it_value = {due / kSecond, due % kSecond}};
  ::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void LoopTimer::went_off(std::int64_t now) {
  set_to_ = kNever;
  while (!callbacks_.empty() && callbacks_.begin()->first <= now) {
    auto due = callbacks_.extract(callbacks_.begin());
    due.mapped()();
  }
  if (!callbacks_.empty()) wake_at(callbacks_.begin()->first);
}

}  // namespace fanout
