// What the writers of the result document share. Including it compiles nlohmann/json.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/plan.h"

namespace fanout {

// What is not known is null.
nlohmann::json or_null(const auto& optional) {
  return optional ? nlohmann::json(*optional) : nlohmann::json(nullptr);
}

// A cell of a scenario that is named beside it.
inline nlohmann::json cell_in_scenario(const Cell& cell) {
  return {{"strategy", cell.strategy}, {"transport", cell.transport}, {"workers", cell.workers}};
}

}  // namespace fanout
