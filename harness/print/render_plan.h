// A plan in words: what would run (--dry-run) and what would not.
#pragma once

#include <string>

#include "harness/plan/plan.h"

namespace fanout {

// A table of the cells, what is skipped, and how long it should take.
std::string render_plan(const Plan& plan);

// One line for each cell that does not run, with the reason.
std::string render_skipped(const Plan& plan);

}  // namespace fanout
