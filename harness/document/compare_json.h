// The JSON form of a comparison (results/comparison.schema.json).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/analysis/compare.h"

namespace fanout {

// The part of a measurement's own document on another build, or on the user's programs against one
// of them; null if none took part.
nlohmann::json changes_or_null(const std::optional<Changes>& changes);

nlohmann::json comparison_to_json(const Compared& compared, const Changes& changes);

}  // namespace fanout
