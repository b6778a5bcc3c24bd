// The JSON form of a run, part of the result document.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/result/run.h"

namespace fanout {

nlohmann::json to_json(const Run& run);
Run run_from_json(const nlohmann::json& json);  // throws nlohmann::json::exception

}  // namespace fanout
