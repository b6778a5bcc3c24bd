// Cells that are run beside the compared ones, in every round, to tell what those are worth.
#pragma once

#include <optional>
#include <string_view>

#include "harness/report.h"

namespace fanout {

// Adds what the plan's rounds make worth running: from kLeastRoundsToRank rounds on, for each
// scenario, the twin of the cell that takes least time, and floor and ceiling unless it has real
// targets or speaks TLS. `plan.rounds` is known.
void add_references(Plan& plan);

// The scenario of a ceiling, named after the one it is the ceiling of: the same requests to the
// same hosts, which answer at once and rightly; as many as take the server a moment.
Scenario ceiling_scenario(const Scenario& scenario);

// The cell's CPU per request relative to another's: the median of the ratios within rounds. Nothing
// without a round in which both are valid.
std::optional<Interval> cpu_ratio(const CellReport& cell, const CellReport& other);

// The same relative to the floor's of its scenario. Nothing without a floor, either.
std::optional<Interval> cpu_x_floor(const Report& report, const CellReport& cell);

// The reference of a scenario in this role, or null.
const CellReport* reference_of(const Report& report, std::string_view scenario, Role role);

std::string_view role_name(Role role);  // "A/A twin", "client floor" ...: for people

}  // namespace fanout
