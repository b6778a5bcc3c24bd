// How many requests of a cell succeed in two results, and whether fewer do now. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/result/report.h"

namespace fanout {

// What is said of a difference between two results.
enum class Finding : std::uint8_t {
  declined,       // nothing can be said
  not_separated,  // the interval of the ratio holds 1, or the difference is below kLeastMargin
  better,
  worse,
  regression,  // worse by more than the threshold, its interval beyond kLeastMargin
};

// How many requests of a cell succeeded, over the valid runs of either result, with exact limits.
struct SuccessChange {
  Cell cell;
  Interval base;  // shares, 0..1
  Interval next;
  Finding finding = Finding::not_separated;  // regression: fewer in NEW; never `worse`
};

// How --measure names it, beside the measures of harness/analysis/verdict.h.
inline constexpr std::string_view kSuccessMeasure = "success";

// So many valid runs of either result tell two shares apart: if all 4 of one lie below all 4 of the
// other, that is chance in 2 of 70 cases (the exact permutation test), with 3 it is in 2 of 20.
inline constexpr std::size_t kLeastRunsOfSuccess = 4;

// Nothing if all requests succeeded in both, if either has no valid run, or if a deadline is there
// to leave requests unanswered. There are fewer successes in NEW if the exact limits over all
// requests lie apart and moreover every run of NEW had a smaller share than every run of BASE:
// requests of one run fail together, so that the limits alone would be too narrow.
std::optional<SuccessChange> success_change(const CellReport& base, const CellReport& next,
                                            const Scenario& scenario);

// "regression: 97 % succeeded [96 %, 98 %] in NEW, 100 % succeeded [99.7 %, 100 %] in BASE".
std::string in_words(const SuccessChange& change);

}  // namespace fanout
