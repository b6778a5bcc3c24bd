// What the policies of all clients of a run share, in whatever thread or process they are.
#pragma once

#include <semaphore.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace fanout {

// Allows extra attempts for a share of the first ones: a token bucket, as gRPC's retry throttling
// and Envoy's and Finagle's retry budgets are. Zeroed memory is a full bucket.
class Budget {
 public:
  // How many may be made before any share is earned.
  static constexpr double kBurst = 10;

  // A first attempt was made, which earns so much of an extra one.
  void earn(double share) {
    change([&](std::int64_t debt) { return std::max<std::int64_t>(0, debt - parts(share)); });
  }
  // Takes one; false if none is left.
  bool take() {
    bool taken = false;
    change([&](std::int64_t debt) {
      taken = debt + parts(1) <= parts(kBurst);
      return taken ? debt + parts(1) : debt;
    });
    return taken;
  }

 private:
  static std::int64_t parts(double tokens) { return std::llround(tokens * 1e6); }
  template <class Change>
  void change(Change change) {
    std::int64_t debt = debt_.load();
    while (!debt_.compare_exchange_weak(debt, change(debt))) {
    }
  }

  std::atomic<std::int64_t> debt_;  // in millionths of an attempt: what lacks to a full bucket
};

// Lies in memory that processes share; zeroed, nothing has happened.
struct PolicyState {
  std::atomic<std::int64_t> next_begin_ns;  // no attempt is begun before (ClientConfig::max_rate)
  Budget retries;
  Budget hedges;
  std::atomic<std::uint64_t> retries_denied;  // that the budget did not allow
  std::atomic<std::uint64_t> hedges_denied;
};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// The gates of the hosts that a run's requests go to: places for attempts, and how long each host
// wants to be left alone. In memory of its own that processes forked later share.
class HostGates {
 public:
  // `places` attempts may be in flight to each host. Throws RunError.
  HostGates(std::size_t hosts, unsigned places);
  ~HostGates();
  HostGates(const HostGates&) = delete;
  HostGates& operator=(const HostGates&) = delete;

  struct Gate {
    sem_t places;
    std::atomic<std::int64_t> closed_until_ns;  // base/clock.h
  };
  [[nodiscard]] Gate& of(std::uint32_t target) const { return gates_[target]; }

 private:
  std::size_t hosts_;
  Gate* gates_;
};

}  // namespace fanout
