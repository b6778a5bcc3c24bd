// What the floor and the ceiling of a scenario say, in words.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

// An empty line and up to two to stand below the table of cells; "" if neither was measured.
std::string render_references(const Report& report, const Scenario& scenario);

}  // namespace fanout
