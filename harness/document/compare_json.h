// The JSON form of a comparison (results/comparison.schema.json).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/analysis/compare.h"

namespace fanout {

nlohmann::json comparison_to_json(const Compared& compared, const Changes& changes);

}  // namespace fanout
