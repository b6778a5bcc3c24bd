// Results of the same cells over time: what each says, within which band that lies, and which was
// the first that left it. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "harness/analysis/sessions.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// Of an unchanged cell, so many results lie within the band.
inline constexpr double kBandConfidence = 0.99;

struct HistoryPoint {
  std::optional<double> measured;  // in ns; nothing: this result has none
  std::optional<double> value;     // the same without the drift since the first result
  // Of all results before it, up to the first that left; nothing below kLeastSessions of them.
  std::optional<Interval> band{};
  bool left = false;
};

// One measure of a cell.
struct HistoryRow {
  Cell cell;
  const Measure* measure = nullptr;
  bool drift_taken_out = false;
  std::vector<HistoryPoint> points{};  // as the results
  std::optional<std::size_t> first_left{};
};

// A result is judged by those before it; the band is at least as wide as the margin of 2 %. Once a
// result has left, the band stays as it was.
std::vector<HistoryRow> history_of(const Sessions& by_time, const Judging& judging);

}  // namespace fanout
