// What the floor and the ceiling of a scenario say, in words.
#pragma once

#include <string>

#include "harness/analysis/analysis.h"

namespace fanout {

// An empty line and up to two to stand below the table of cells; "" if neither was measured.
std::string render_references(const ScenarioAnalysis& scenario);

}  // namespace fanout
