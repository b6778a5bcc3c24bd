#include "harness/plan/strategy_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "harness/catalogue/names.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

// Every option by its full name.
std::map<std::string, const StrategyOption*> all_options() {
  std::map<std::string, const StrategyOption*> all;
  for (const Strategy* row : strategies()) {
    for (const StrategyOption& option : row->options) {
      all[fmt::format("{}.{}", row->name, option.name)] = &option;
    }
  }
  return all;
}

}  // namespace

std::vector<double> options_of(const std::string& strategy,
                               const std::map<std::string, double>& set) {
  const auto row = std::ranges::find(strategies(), strategy, &Strategy::name);
  if (row == strategies().end()) return {};
  std::vector<double> values;
  for (const StrategyOption& option : (*row)->options) {
    const auto found = set.find(fmt::format("{}.{}", strategy, option.name));
    values.push_back(found == set.end() ? option.value : found->second);
  }
  return values;
}

void check_strategy_options(const std::string& where, const std::map<std::string, double>& set) {
  const auto all = all_options();
  std::vector<std::string_view> known;
  for (const auto& [name, option] : all) known.push_back(name);
  for (const auto& [name, value] : set) {
    const auto found = all.find(name);
    try {
      if (found == all.end()) throw_unknown("option of a strategy", name, known);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", where, error.what()));
    }
    const StrategyOption& option = *found->second;
    if (value >= option.low && value <= option.high) continue;
    throw UsageError(fmt::format("{}: {}: expected a number from {} to {}, found {}", where, name,
                                 option.low, option.high, value));
  }
}

}  // namespace fanout
