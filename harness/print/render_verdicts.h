// Which differences are real, for people.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

// Several lines and an empty one; "" if nothing of the scenario is ranked.
std::string render_verdicts(const Report& report, const Scenario& scenario);

}  // namespace fanout
