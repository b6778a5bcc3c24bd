#include "harness/plan/lineup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/error.h"
#include "harness/catalogue/names.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

// One that can be named: a strategy or a program.
struct Entrant {
  std::string_view name;
  const Strategy* strategy = nullptr;
  const Program* program = nullptr;
};

std::vector<Entrant> everybody(std::span<const Program> externals) {
  std::vector<Entrant> all;
  for (const Strategy* row : strategies()) all.push_back({row->name, row, nullptr});
  for (const Program& row : peers()) all.push_back({row.name, nullptr, &row});
  for (const Program& row : externals) {
    if (std::ranges::count(externals, row.name, &Program::name) > 1) {
      throw UsageError(fmt::format("--external: {} is named twice; name it once", row.name));
    }
    all.push_back({row.name, nullptr, &row});
  }
  return all;
}

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

// Names as they are, patterns as the names they match that are not in the list by themselves.
std::vector<std::string> expanded(const std::vector<std::string>& names,
                                  std::span<const Entrant> all) {
  std::vector<std::string> found;
  const auto add_matching = [&](const std::string& pattern, const Entrant& entrant) {
    const std::string name(entrant.name);
    if (::fnmatch(pattern.c_str(), name.c_str(), 0) != 0) return false;
    const bool there = std::ranges::find(names, name) != names.end() ||
                       std::ranges::find(found, name) != found.end();
    if (!there) found.push_back(name);
    return true;
  };
  for (const std::string& name : names) {
    if (!is_pattern(name)) {
      found.push_back(name);
      continue;
    }
    const auto matches = std::ranges::count_if(
        all, [&](const Entrant& entrant) { return add_matching(name, entrant); });
    if (matches == 0) {
      throw UsageError(fmt::format("no strategy matches \"{}\"; see fanout list strategies", name));
    }
  }
  return found;
}

// Whether it takes part where nobody is named.
bool takes_part(const Strategy& strategy, const Scenario& scenario) {
  switch (strategy.takes_part) {
    case TakesPart::always:
      return true;
    case TakesPart::with_work:
      return scenario.work.any();
    case TakesPart::where_named:
      return false;
  }
  return false;
}

// The names of strategies, with "all" and an empty list spelled out.
std::vector<std::string> names_of(const Scenario& scenario) {
  const std::vector<std::string>& named = scenario.strategies;
  const bool all = named.size() == 1 && named[0] == "all";
  if (!all && !named.empty()) return named;
  std::vector<std::string> names;
  for (const Strategy* row : strategies()) {
    if (all || takes_part(*row, scenario)) names.emplace_back(row->name);
  }
  return names;
}

[[noreturn]] void throw_unknown_entrant(const std::string& name, std::span<const Entrant> all) {
  std::vector<std::string_view> names;
  std::vector<std::string_view> own;
  for (const Entrant& entrant : all) {
    names.push_back(entrant.name);
    if (entrant.strategy != nullptr) own.push_back(entrant.name);
  }
  const std::string nearest = nearest_name(name, names);
  throw UsageError(fmt::format(
      "unknown strategy \"{}\"; {}external programs: see fanout list strategies; "
      "known: {}",
      name, nearest.empty() ? "" : "did you mean " + nearest + "? ", fmt::join(own, ", ")));
}

}  // namespace

Lineup lineup(const Scenario& scenario, std::span<const Program> externals) {
  const std::vector<Entrant> all = everybody(externals);
  std::vector<std::string> names = expanded(names_of(scenario), all);
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  };
  std::ranges::for_each(scenario.peers, add);
  for (const Program& program : externals) add(program.name);
  Lineup found;
  for (const std::string& name : names) {
    if (std::ranges::count(names, name) > 1) {
      throw UsageError(fmt::format("strategy \"{}\" is named twice; name it once", name));
    }
    const auto entrant = std::ranges::find(all, name, &Entrant::name);
    if (entrant == all.end()) throw_unknown_entrant(name, all);
    if (entrant->strategy != nullptr) found.strategies.push_back(entrant->strategy);
    if (entrant->program != nullptr) found.programs.push_back(entrant->program);
  }
  return found;
}

}  // namespace fanout
