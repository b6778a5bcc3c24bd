// Scenarios as JSON documents; the built-in ones take the same path as a user's file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace fanout {

// Reads a built-in scenario by its name, or a file by its path (it has a '/' or ends in ".json").
// Throws UsageError naming the file, the key and what was expected.
Scenario load_scenario(const std::string& name_or_file);
// The same, and after it a scenario for each of its variants, named "NAME.VARIANT": what differs in
// it is merged into the rest (RFC 7396).
std::vector<Scenario> load_scenarios(const std::string& name_or_file);

// Reads one document; `where` names it in errors. Throws UsageError.
Scenario scenario_from_json(const nlohmann::json& json, const std::string& where);

nlohmann::json to_json(const Scenario& scenario);

}  // namespace fanout
