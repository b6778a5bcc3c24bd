// Two results of the same cells, BASE and NEW: what has become faster or slower? Pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analysis/success.h"
#include "harness/analysis/verdict.h"
#include "harness/result/report.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// One measure of a cell that both results have.
struct Change {
  Cell cell;
  const Measure* measure = nullptr;
  double base = 0;  // medians over the rounds compared, in ns; 0: there is none
  double next = 0;
  Comparison comparison;  // NEW / BASE, over rounds valid in both
  double margin = 0;      // a ratio that is nearer to 1 is a tie
  double p_holm = 1;      // p, corrected for the number of cells compared by this measure
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
  std::vector<SuccessChange> successes;  // of the cells in which any request failed
  std::vector<Change> changes;           // by cell in the order of BASE, then by measure
  std::vector<InvalidRuns> invalid;
  std::vector<Cell> base_only;
  std::vector<Cell> next_only;
};

// What is compared, and how it is named.
struct Compared {
  std::string base_name;  // of the file
  std::string next_name;
  const Report& base;
  const Report& next;
  std::vector<std::string> differences;  // that were overruled (harness/analysis/comparable.h)
};

// Pairs runs by round: with equal seeds these did the same work. Throws UsageError if no cell is in
// both.
Changes compare_results(const Report& base, const Report& next, std::span<const Measure* const> by,
                        double threshold);

// What has changed from the other build of the report's plan (BASE) to this one (NEW); nothing if
// none takes part.
std::optional<Changes> changes_against_other(const Report& report);

bool has_regression(const Changes& changes);

// Cells whose runs in NEW are not all valid, or that have none there.
std::size_t invalid_in_next(const Changes& changes);

// Whether NEW lacks something that a gate must see: valid runs, or a cell of BASE.
bool is_incomplete(const Changes& changes);

// "regression: 1.12x slower", "1.03x faster", "not separated" or why nothing is said.
std::string in_words(const Change& change);

}  // namespace fanout
