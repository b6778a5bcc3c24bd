#include "harness/analysis/comparable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace fanout {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

// The keys of a plan that decide how many runs there are and in which order, not how one is made.
// A program that is started otherwise is what a comparison may be about.
constexpr const char* kExtentKeys[] = {
    "against",   "baseline",     "fail_if",  "fail_on",       "least_success", "cells",
    "precision", "predicted_ns", "programs", "references",    "rounds",        "run_limit_ns",
    "scenarios", "seed",         "skipped",  "time_budget_ns"};
// The keys of a scenario that name or select cells, and do not say what a cell does.
constexpr const char* kSelectionKeys[] = {"connections", "http",    "peers",      "published",
                                          "strategies",  "summary", "transports", "workers"};

void append(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

std::string text_of(const Json* json) {
  constexpr std::size_t kShown = 80;
  if (json == nullptr) return "absent";
  const std::string text = json->dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() > kShown ? text.substr(0, kShown) + "..." : text;
}

const Json* value_of(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// Whether two values under this name may differ in what measures the same.
bool is_trifle(const std::string& path, const Json* base, const Json* next) {
  constexpr double kSameMemory = 0.01;
  if (path.starts_with("environment.server_machine.round_trip_ns")) return true;
  if (path.starts_with("environment.clients[") && path.ends_with(".clock_error_ns")) return true;
  if (path != "environment.memory_bytes" || base == nullptr || next == nullptr) return false;
  if (!base->is_number() || !next->is_number()) return false;
  const auto before = base->get<double>();
  const auto after = next->get<double>();
  return std::abs(after - before) < kSameMemory * std::max(before, after);
}

// Whether both name the same list of URLs, wherever each came from.
bool is_same_list(const Json& base, const Json& next) {
  const Json* before = value_of(base, "digest");
  const Json* after = value_of(next, "digest");
  if (before == nullptr || after == nullptr || !before->is_string()) return false;
  return *before == *after && !before->get_ref<const std::string&>().empty();
}

// Goes into objects, and into arrays that are equally long. Null: there is no such value.
void add_differences(const std::string& path, const Json* base, const Json* next,
                     const Sides& sides, Differences& found) {
  if (base != nullptr && next != nullptr) {
    if (*base == *next) return;
    if (base->is_object() && next->is_object()) {
      std::set<std::string> keys;
      for (const auto& item : base->items()) keys.insert(item.key());
      for (const auto& item : next->items()) keys.insert(item.key());
      const bool same_list = is_same_list(*base, *next);
      for (const std::string& key : keys) {
        Differences below;
        add_differences(path + "." + key, value_of(*base, key), value_of(*next, key), sides, below);
        const bool is_source = key == "source" && same_list;
        append(is_source ? found.trifles : found.grave, below.grave);
        append(found.trifles, below.trifles);
      }
      return;
    }
    if (base->is_array() && next->is_array() && base->size() == next->size()) {
      for (std::size_t i = 0; i < base->size(); ++i) {
        add_differences(fmt::format("{}[{}]", path, i), &(*base)[i], &(*next)[i], sides, found);
      }
      return;
    }
  }
  Lines& lines = is_trifle(path, base, next) ? found.trifles : found.grave;
  lines.push_back(
      fmt::format("{}: {} {}, {} {}", path, text_of(base), sides.base, text_of(next), sides.next));
}

Json without(Json object, auto&& keys) {
  for (const char* key : keys) object.erase(key);
  return object;
}

const Json* named(const Json& scenarios, const Json& name) {
  for (const Json& scenario : scenarios) {
    if (scenario.at("name") == name) return &scenario;
  }
  return nullptr;
}

void add_scenarios(const Json& base, const Json& next, Differences& found) {
  for (const Json& scenario : base) {
    const Json* other = named(next, scenario.at("name"));
    if (other == nullptr) {
      found.grave.push_back(fmt::format("scenario {} is in BASE only", scenario.at("name").dump()));
      continue;
    }
    const Json before = without(scenario, kSelectionKeys);
    const Json after = without(*other, kSelectionKeys);
    const auto name = scenario.at("name").get<std::string>();
    add_differences("scenario " + name, &before, &after, {}, found);
  }
  for (const Json& scenario : next) {
    if (named(base, scenario.at("name")) == nullptr) {
      found.grave.push_back(fmt::format("scenario {} is in NEW only", scenario.at("name").dump()));
    }
  }
}

}  // namespace

Differences differences(const Json& base, const Json& next, const Sides& sides) {
  Differences found;
  const auto add = [&](const char* part, auto&& ignored) {
    const Json before = without(base.at(part), ignored);
    const Json after = without(next.at(part), ignored);
    add_differences(part, &before, &after, sides, found);
  };
  add("environment", std::initializer_list<const char*>{});
  add("tool", std::initializer_list<const char*>{"commit"});
  add("plan", kExtentKeys);
  add_scenarios(base.at("plan").at("scenarios"), next.at("plan").at("scenarios"), found);
  return found;
}

}  // namespace fanout
