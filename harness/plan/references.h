// Cells that are run beside the compared ones, in every round, to tell what those are worth.
#pragma once

#include <string>
#include <string_view>

#include "harness/plan/plan.h"

namespace fanout {

// Adds what the plan's rounds make worth running: from kLeastRoundsToRank rounds on, for each
// scenario, the twin of the cell that takes least time, and floor and ceiling unless it has real
// targets or speaks TLS. `plan.rounds` is known.
void add_references(Plan& plan);

// Gives a plan that was read from a document, which does not hold them, the scenarios of its
// ceilings.
void add_ceilings(Plan& plan);

// Adds every cell once more by the plan's other build, and that build's own twin. External programs
// are left out: they are the same whoever starts them. Call it after add_references().
void add_opponents(Plan& plan);

// The name of the scenario that is the ceiling of this one.
std::string ceiling_name(std::string_view scenario);

// The scenario of a ceiling, named after the one it is the ceiling of: the same requests to the
// same hosts, which answer at once and rightly; as many as take the server a moment.
Scenario ceiling_scenario(const Scenario& scenario);

std::string_view role_name(Role role);  // "A/A twin", "client floor" ...: for people

}  // namespace fanout
