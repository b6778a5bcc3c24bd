// A plan in words: what would run (--dry-run) and what would not.
#pragma once

#include <string>

#include "harness/plan/plan.h"

namespace fanout {

// A table of the cells, what is skipped, and how long it should take.
std::string render_plan(const Plan& plan);

// How long all rounds should take: "about 12.0 s"; what real targets take is added, as a range.
std::string predicted_in_words(const Plan& plan);

// One line for each cell that does not run, with the reason.
std::string render_skipped(const Plan& plan);

}  // namespace fanout
