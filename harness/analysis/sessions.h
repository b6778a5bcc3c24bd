// Several results of the same cells on a side: each is a session, and gives one value per cell and
// measure. What has changed is told from what differs between sessions of a side. Pure functions.
#pragma once

#include <optional>
#include <vector>

#include "harness/analysis/compare.h"

namespace fanout {

using Sessions = std::vector<const Report*>;

// What each session says of a cell: its median over valid runs, in ns; nothing where it has none.
struct SessionFigures {
  std::vector<std::optional<double>> measured;
  // The same as if every session had found the machine as the first one with a value did: divided
  // by what its client floor and server cost relative to that one's.
  std::vector<std::optional<double>> without_drift;
  bool drift_taken_out = false;  // false: both are the same
};

// `cells` are one per session, null where the session has no such cell; one of them is not. The
// drift is taken out of what is exposed as a whole if every session with a value has a floor.
SessionFigures session_figures(const Sessions& sessions, const Cells& cells,
                               const Measure& measure);

// This cell in each session, or null.
Cells cell_in(const Sessions& sessions, const Cell& cell);

// All cells of any of them, in the order in which they first appear.
std::vector<Cell> cells_of(const Sessions& sessions);

// Holds several results against several others; at least one on either side. Throws as
// compare_results() does.
Changes compare_all(const Sessions& base, const Sessions& next, const Judging& judging);

}  // namespace fanout
