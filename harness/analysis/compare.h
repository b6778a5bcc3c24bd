// Results of the same cells, BASE and NEW: what has become faster or slower? Pure functions. One
// result of either is held against the other round by round here; several of a side are in
// harness/analysis/sessions.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analysis/change.h"
#include "harness/analysis/verdict.h"
#include "harness/result/report.h"

namespace fanout {

// A result, and how its file is named.
struct NamedResult {
  std::string name;
  const Report* report = nullptr;
};

// What is compared: one result of either side or several.
struct Compared {
  std::vector<NamedResult> base;
  std::vector<NamedResult> next;
  std::vector<std::string> overruled;  // grave differences (harness/analysis/comparable.h)
  std::vector<std::string> trifles;
};

// What is judged, and how strictly.
struct Judging {
  std::span<const Measure* const> by;
  double threshold = 0.05;
  bool success = true;  // whether fewer requests succeed, too
};

// Whether the machine was the same throughout.
enum class Between : std::uint8_t {
  sessions,  // a machine drifts from one to the other
  builds,    // of one session, which share its rounds
};

// Holds one result against another. Pairs runs by round: with equal seeds these did the same work.
// Throws IncomparableError if no cell is in both, UsageError if they have no such measure.
Changes compare_results(const Report& base, const Report& next, const Judging& judging,
                        Between between = Between::sessions);

// What has changed from the other build of the report's plan (BASE) to this one (NEW); nothing if
// none takes part.
std::optional<Changes> changes_against_other(const Report& report);

// Whether the drift of the machine was taken out of any figure.
bool any_drift(const Changes& changes);

bool has_regression(const Changes& changes);

// Cells whose runs in NEW are not all valid, or that have none there.
std::size_t invalid_in_next(const Changes& changes);

// Whether NEW lacks something that a gate must see: valid runs, or a cell of BASE.
bool is_incomplete(const Changes& changes);

// Throws as compare_results() does if there is nothing to say.
void check_any_change(const Changes& changes, bool any_cell_in_both, const Judging& judging);

bool all_valid(const Summary& runs);

// "regression: 1.12x slower", "1.03x faster", "not separated" or why nothing is said.
std::string in_words(const Change& change);

}  // namespace fanout
