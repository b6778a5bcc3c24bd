// The JSON form of a comparison (results/comparison.schema.json).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/analysis/compare.h"

namespace fanout {

// The part on another build of a measurement's own document; null if none took part.
nlohmann::json against_to_json(const std::optional<Changes>& against);

nlohmann::json comparison_to_json(const Compared& compared, const Changes& changes);

}  // namespace fanout
