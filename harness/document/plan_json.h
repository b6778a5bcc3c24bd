// What was planned, as a part of the result document. Including it compiles nlohmann/json.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/plan/plan.h"

namespace fanout {

// Each key is typed once: nlohmann finds these by their argument's type.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Tool, version, commit, build)
void to_json(nlohmann::json& json, const Cell& cell);
void from_json(const nlohmann::json& json, Cell& cell);

nlohmann::json plan_to_json(const Plan& plan);
// Throws UsageError and nlohmann's exceptions.
Plan plan_from_json(const nlohmann::json& json);

}  // namespace fanout
