// What the user sees while waiting, on standard error. Drawn by the controller between runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "harness/result/report.h"

namespace fanout {

class Progress {
 public:
  enum class Style : std::uint8_t { none, lines, live };
  explicit Progress(Style style) : style_(style) {}

  void plan(const Report& report);
  void before_run(const Report& report, std::size_t cell, unsigned round);
  void after_run(const Report& report, std::size_t cell);
  void before_profile(const Cell& cell);
  // A run that is about to begin has to wait.
  void waiting(const std::string& why);
  void end();

 private:
  [[nodiscard]] double left_ns() const;

  Style style_;
  std::int64_t started_ns_ = 0;
  std::size_t done_ = 0;
  double predicted_ns_ = 0;       // how long the runs that were missing at the start should take
  double predicted_done_ns_ = 0;  // how long the runs done were to take
  std::string last_;              // how the last one ended
};

// How long the runs that the report does not have yet should take.
std::chrono::nanoseconds predicted_left(const Report& report);

}  // namespace fanout
