// Cells that are run beside the compared ones, in every round, to tell what those are worth.
#pragma once

#include <string_view>

#include "harness/report.h"

namespace fanout {

// Adds what the plan's rounds make worth running: from kLeastRoundsToRank rounds on, for each
// scenario, the twin of the cell that takes least time. `plan.rounds` is known.
void add_references(Plan& plan);

// The reference of a scenario in this role, or null.
const CellReport* reference_of(const Report& report, std::string_view scenario, Role role);

std::string_view role_name(Role role);  // "A/A twin": for people

}  // namespace fanout
