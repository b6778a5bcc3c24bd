// The greatest and the least of what many threads, or processes, have seen.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

namespace fanout {

// Zeroed memory is one that has seen 0.
class Greatest {
 public:
  void note(std::int64_t value) {
    std::int64_t seen = value_.load(std::memory_order_relaxed);
    while (seen < value && !value_.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
    }
  }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_;
};

// Zeroed memory is one that has seen nothing, which is kNothing. Of values from 0 on.
class Least {
 public:
  static constexpr std::int64_t kNothing = std::numeric_limits<std::int64_t>::max();

  void note(std::int64_t value) { below_.note(kNothing - value); }
  [[nodiscard]] std::int64_t value() const { return kNothing - below_.value(); }

 private:
  Greatest below_;  // how far below kNothing
};

}  // namespace fanout
