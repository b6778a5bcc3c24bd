// What an article published: figures of a scenario, to be set beside what is measured here.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace fanout {

// A figure an article published: what it calls the approach, and which cell is its equal.
struct Published {
  std::string name;
  std::string strategy;
  std::string peer;  // the external program that repeats it, or ""
  unsigned workers = 1;
  std::chrono::nanoseconds makespan{};  // 0: it gives none
};

// The key "published" of a scenario. Throws UsageError naming the key.
std::vector<Published> published_from_json(const std::string& path, const nlohmann::json& json);
nlohmann::json to_json(const std::vector<Published>& published);

}  // namespace fanout
