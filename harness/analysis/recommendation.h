// Which cell to use, in words that claim no more than was measured. A pure function of the report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/answer.h"
#include "harness/result/report.h"

namespace fanout {

// For one scenario.
struct Recommendation {
  std::string scenario;
  Answer answer;                   // what a reader is told first
  std::vector<std::string> lines;  // and what it rests on, most important first
  // Medians all; nothing if no cell may be recommended.
  std::optional<Cell> fastest;   // shortest makespan
  std::optional<Cell> cheapest;  // least client CPU per request within 5 % of it
  std::optional<Cell> simplest;  // fewest workers within 5 % of it; among equals the first listed
};

// Of the cells on a network and the scenario's first HTTP library (or whichever there is) that were
// proven in every run and not limited by the server. Nothing if none of the scenario's cells was
// run on a network.
std::optional<Recommendation> recommend(const Report& report, const Scenario& scenario);

}  // namespace fanout
