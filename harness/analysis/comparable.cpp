#include "harness/analysis/comparable.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

namespace fanout {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::string>;

// The keys of a plan that decide how many runs there are and in which order, not how one is made.
// A program that is started otherwise is what a comparison may be about.
constexpr const char* kExtentKeys[] = {"against",    "fail_if",   "fail_on",       "least_success",
                                       "cells",      "precision", "predicted_ns",  "programs",
                                       "references", "rounds",    "run_limit_ns",  "scenarios",
                                       "seed",       "skipped",   "time_budget_ns"};
// The keys of a scenario that name or select cells, and do not say what a cell does.
constexpr const char* kSelectionKeys[] = {"peers",   "published",  "strategies",
                                          "summary", "transports", "workers"};

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

// Goes into objects, and into arrays that are equally long. Null: there is no such value.
void add_differences(const std::string& path, const Json* base, const Json* next, Lines& lines) {
  if (base != nullptr && next != nullptr) {
    if (*base == *next) return;
    if (base->is_object() && next->is_object()) {
      std::set<std::string> keys;
      for (const auto& item : base->items()) keys.insert(item.key());
      for (const auto& item : next->items()) keys.insert(item.key());
      for (const std::string& key : keys) {
        add_differences(path + "." + key, value_of(*base, key), value_of(*next, key), lines);
      }
      return;
    }
    if (base->is_array() && next->is_array() && base->size() == next->size()) {
      for (std::size_t i = 0; i < base->size(); ++i) {
        add_differences(fmt::format("{}[{}]", path, i), &(*base)[i], &(*next)[i], lines);
      }
      return;
    }
  }
  lines.push_back(fmt::format("{}: {} in BASE, {} in NEW", path, text_of(base), text_of(next)));
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

void add_scenarios(const Json& base, const Json& next, Lines& lines) {
  for (const Json& scenario : base) {
    const Json* other = named(next, scenario.at("name"));
    if (other == nullptr) {
      lines.push_back(fmt::format("scenario {} is in BASE only", scenario.at("name").dump()));
      continue;
    }
    const Json before = without(scenario, kSelectionKeys);
    const Json after = without(*other, kSelectionKeys);
    const auto name = scenario.at("name").get<std::string>();
    add_differences("scenario " + name, &before, &after, lines);
  }
  for (const Json& scenario : next) {
    if (named(base, scenario.at("name")) == nullptr) {
      lines.push_back(fmt::format("scenario {} is in NEW only", scenario.at("name").dump()));
    }
  }
}

}  // namespace

std::vector<std::string> differences(const Json& base, const Json& next) {
  Lines lines;
  const auto add = [&](const char* part, auto&& ignored) {
    const Json before = without(base.at(part), ignored);
    const Json after = without(next.at(part), ignored);
    add_differences(part, &before, &after, lines);
  };
  add("environment", std::initializer_list<const char*>{});
  add("tool", std::initializer_list<const char*>{"commit"});
  add("plan", kExtentKeys);
  add_scenarios(base.at("plan").at("scenarios"), next.at("plan").at("scenarios"), lines);
  return lines;
}

}  // namespace fanout
