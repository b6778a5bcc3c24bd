// When a closed loop has warmed up, and when it has been measured for long enough. A pure function
// of how many requests had finished at which time.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace fanout {

inline constexpr std::chrono::milliseconds kSteadyWindow{200};
inline constexpr int kSteadyWindows = 5;          // that must agree in a row
inline constexpr double kSteadyVariation = 0.05;  // standard deviation over mean
inline constexpr std::chrono::nanoseconds kSteadyWarmUp = std::chrono::seconds(3);   // at most
inline constexpr std::chrono::nanoseconds kSteadyMeasure = std::chrono::seconds(2);  // at least
inline constexpr std::uint64_t kSteadyRequests = 2'000;                              // and so many
inline constexpr std::chrono::nanoseconds kSteadyLongest = std::chrono::seconds(60);

class SteadyDetector {
 public:
  enum class Phase : std::uint8_t { warming, measuring, done };

  // `start_ns`: when the first request could begin (base/clock.h).
  SteadyDetector(std::int64_t start_ns, unsigned workers)
      : start_ns_(start_ns), workers_(workers), last_{start_ns, 0} {}

  // So many requests have finished by now. To be called every kSteadyWindow, as exactly as it
  // is convenient.
  Phase observe(std::int64_t now_ns, std::uint64_t finished);

  // From when on it was measured; 0 while it warms up.
  [[nodiscard]] std::int64_t begin_ns() const { return begin_.time_ns; }
  // Whether the warm-up ended because the windows agreed, and so did the measuring.
  [[nodiscard]] bool settled() const { return settled_; }

 private:
  struct Point {
    std::int64_t time_ns = 0;
    std::uint64_t finished = 0;
  };

  [[nodiscard]] bool windows_agree() const;

  std::int64_t start_ns_;
  unsigned workers_;
  Point last_;
  Point begin_;
  std::vector<double> per_window_;  // requests, scaled to the nominal length of a window
  Phase phase_ = Phase::warming;
  bool settled_ = true;
};

}  // namespace fanout
