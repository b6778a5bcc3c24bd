// What the user sets of strategies: --strategy-option STRATEGY.OPTION=VALUE.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace fanout {

// The values of a strategy's options, in its order: those set, and its own for the rest. None of a
// strategy without options, or of an external program.
std::vector<double> options_of(const std::string& strategy,
                               const std::map<std::string, double>& set);

// Throws UsageError, naming `where`, if a strategy or an option is unknown or a value out of
// bounds.
void check_strategy_options(const std::string& where, const std::map<std::string, double>& set);

}  // namespace fanout
