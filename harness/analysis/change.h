// What has changed between results of the same cells, as plain data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/success.h"
#include "harness/analysis/verdict.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// How many sessions of a cell gave a value.
struct SessionCounts {
  std::size_t base = 0;
  std::size_t next = 0;
};

// One measure of a cell that both sides have.
struct Change {
  Cell cell;
  const Measure* measure = nullptr;
  // Medians over the rounds compared, or the geometric mean of those of sessions, in ns, as they
  // were measured; 0: there is none.
  double base = 0;
  double next = 0;
  Comparison comparison;  // NEW / BASE without the drift, over rounds valid in both or sessions
  std::optional<SessionCounts> sessions{};  // nothing: rounds are compared
  std::optional<double> drift{};  // NEW / BASE of the machine, taken out; nothing: none was
  double margin = 0;              // a ratio that is nearer to 1 is a tie
  double p_holm = 1;              // p, corrected for the number of comparisons
  Finding finding = Finding::declined;
  std::string declined;  // why nothing is said, or ""
};

// Valid and all runs of a cell in both results, where any is invalid or one result has no run.
struct InvalidRuns {
  Cell cell;
  Summary base;  // of no runs: the cell is in NEW only
  Summary next;
};

struct Changes {
  double threshold = 0;                  // 0.05: 5 %
  bool of_sessions = false;              // several results of a side: Change::sessions
  std::vector<SuccessChange> successes;  // of the cells in which any request failed
  std::vector<Change> changes;           // by cell in the order of BASE, then by measure
  std::vector<InvalidRuns> invalid;
  std::vector<Cell> base_only;
  std::vector<Cell> next_only;
};

}  // namespace fanout
