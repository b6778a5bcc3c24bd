// Which cell to use, in words that claim no more than was measured. A pure function of the report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report.h"

namespace fanout {

// For one scenario.
struct Recommendation {
  std::string scenario;
  std::vector<std::string> lines;  // what the reader is told, most important first
  Cell fastest;                    // shortest median makespan
  Cell cheapest;                   // least client CPU per request within 5 % of it
  Cell simplest;                   // fewest workers within 5 % of it; among equals the first listed
};

// Of the cells on a network that were proven in every run and not limited by the server; nothing
// if there is none.
std::optional<Recommendation> recommend(const Report& report, const Scenario& scenario);

}  // namespace fanout
