// Real targets in the JSON form of a scenario, as results have it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/scenario/scenario.h"

namespace fanout {

// Makes real targets answer; null leaves the scenario as it is. `path` is where the value stands.
// Throws UsageError.
void read_targets(Scenario& scenario, const std::string& path, const nlohmann::json& json);

// Null for none.
nlohmann::json targets_to_json(const RealTargets* targets);

}  // namespace fanout
