// From figures of a comparison to verdicts: what is corrected for the number of comparisons, and
// what is large and sure enough. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/analysis/change.h"

namespace fanout {

// What two sides are called in words.
struct SideNames {
  std::string_view base = "BASE";
  std::string_view next = "NEW";
};

// Why a measure of a cell says nothing, or "": the cell in all results of BASE, and of NEW.
std::string why_no_figure(const Cells& base, const Cells& next, const Measure& measure,
                          const Scenario& scenario, const SideNames& names = {});

// Judges the changes that have figures. Holm's correction is for all cells of one measure where
// rounds are compared, and for all comparisons together where sessions are.
void judge(Changes& changes, std::span<const Measure* const> by);

}  // namespace fanout
