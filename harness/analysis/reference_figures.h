// What the references of a report (harness/plan/references.h) say of its cells. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "harness/result/report.h"

namespace fanout {

// The cell's CPU per request relative to another's: the median of the ratios within rounds. Nothing
// without a round in which both are valid.
std::optional<Interval> cpu_ratio(const CellReport& cell, const CellReport& other);

// The cell's CPU per request relative to that of its scenario's floor; nothing without a floor.
std::optional<Interval> cpu_x_floor(const Report& report, const CellReport& cell);

// The reference of a scenario in this role, or null.
const CellReport* reference_of(const Report& report, std::string_view scenario, Role role,
                               std::optional<HttpVersion> version = std::nullopt);

}  // namespace fanout
