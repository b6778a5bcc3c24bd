// Results of the same cells over time: what each says, within which band that lies, and which was
// the first that left it. Pure functions.
#pragma once

#include <optional>
#include <string>
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
  std::string why{};  // why it has no value, or ""
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

// In words (harness/analysis/history_words.cpp); `results` are those of the rows.
// "within", "out: 1.12x slower" than the middle of the band, "too few before" or "no figure".
std::string in_words(const HistoryRow& row, const HistoryPoint& point);
// The first result that left the band, and by how much; or that none did, or why none could.
std::string first_to_leave(const std::vector<NamedResult>& results, const HistoryRow& row);
// How many figures were judged; then the first to leave of each row, the earliest of all first.
std::vector<std::string> history_in_words(const std::vector<NamedResult>& results,
                                          const std::vector<HistoryRow>& rows);

}  // namespace fanout
