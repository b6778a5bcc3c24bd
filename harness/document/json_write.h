// What the writers of the result document share. Including it compiles nlohmann/json.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/plan/plan.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// What is not known is null.
nlohmann::json or_null(const auto& optional) {
  return optional ? nlohmann::json(*optional) : nlohmann::json(nullptr);
}

inline nlohmann::json interval_to_json(const Interval& interval) {
  return {{"median", interval.median},
          {"ci_low", or_null(interval.low)},
          {"ci_high", or_null(interval.high)}};
}

inline nlohmann::json interval_or_null(const std::optional<Interval>& interval) {
  return interval ? interval_to_json(*interval) : nlohmann::json(nullptr);
}

// Adds `http` and `connections` where they differ from "1.1" and none: one for each request in
// flight.
inline void add_protocol(nlohmann::json& json, const Cell& cell) {
  if (cell.http == HttpVersion::http1) return;
  json["http"] = enum_name(cell.http, kHttpVersionNames);
  if (cell.connections > 0) json["connections"] = cell.connections;
}

// A cell of a scenario that is named beside it.
inline nlohmann::json cell_in_scenario(const Cell& cell) {
  nlohmann::json json{
      {"strategy", cell.strategy}, {"transport", cell.transport}, {"workers", cell.workers}};
  add_protocol(json, cell);
  return json;
}

}  // namespace fanout
