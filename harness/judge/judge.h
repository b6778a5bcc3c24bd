// Whether a run may be believed, and what limited it. A pure function of what was measured.
#pragma once

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// The run as reported: figures, and every reason not to believe them.
Run judge(const Execution& execution, const Cell& cell, const Scenario& scenario);

}  // namespace fanout
