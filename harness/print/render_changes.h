// What has changed between two results, or two builds in one, for people. Pure functions.
#pragma once

#include <string>

#include "harness/analysis/analysis.h"
#include "harness/analysis/compare.h"
#include "harness/print/table.h"

namespace fanout {

// For each scenario of the plan: how many requests succeeded, then a table of all figures.
std::string render_changes(const Changes& changes, const Plan& plan, Draw draw);

// What sets the exit code, which comes last: the regressions, and what NEW lacks.
std::string conclusion_of(const Changes& changes);

// What changed from the other build of this measurement; "" if none took part.
std::string render_against(const Report& report, const Analysis& analysis, Draw draw);

// How the user's other programs stand against the one that is the baseline; "" if there is none.
std::string render_baseline(const Report& report, const Analysis& analysis, Draw draw);

}  // namespace fanout
