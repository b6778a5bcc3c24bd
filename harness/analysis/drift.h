// How a machine differed between two sessions, by two witnesses which no change of the measured
// code touches: the client floor (harness/plan/references.h), and the CPU time of the server. The
// clock of the CPU, the neighbours and the kernel change both. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/analysis/verdict.h"
#include "harness/result/report.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// NEW / BASE, of one measure of a cell.
struct Drift {
  Comparison floor;   // what the client floor says by the same measure
  Comparison server;  // CPU time of the server per request, in the runs of the cell
  double ratio = 1;   // the geometric mean of both
  // From the lowest end of both intervals to the highest, and 1: the uncertainty of either, how far
  // they are apart, and that a cell need not share what moves them.
  double low = 1;
  double high = 1;
};

// A cell in two results.
struct CellPair {
  const Report& base;
  const Report& next;
  const CellReport& before;
  const CellReport& after;
};

// Nothing unless both results have a client floor, and both witnesses enough rounds.
std::optional<Drift> drift_of(const CellPair& pair, const Measure& measure);

// The geometric mean of what both witnesses say in one session, in ns; only to be divided by that
// of another session. Nothing without them.
std::optional<double> shared_cost(const Report& report, const CellReport& cell,
                                  const Measure& measure);

// How much of a figure follows the speed of the CPU.
enum class Exposure : std::uint8_t {
  none,   // the delays of the server or a schedule set the pace
  some,   // a time that nothing in particular limits
  whole,  // CPU time, and times that the client's CPU limits
};
Exposure exposure_of(const Measure& measure, const Cells& cells);

// What is left of a difference between two sessions. The drift is taken out of what is exposed as a
// whole: `first` and `second` are by round. Of what is exposed in part nobody knows how much to
// take out, so nothing is. Interval and p of both allow for the whole range of the drift.
Comparison without_drift(const std::vector<double>& first, std::vector<double> second,
                         const Drift& drift, Exposure exposure);

}  // namespace fanout
