// From what the user selected to the plan: which cells run, which do not and why.
#pragma once

#include "harness/catalogue/program_search.h"
#include "harness/machine/environment.h"
#include "harness/plan/plan.h"
#include "harness/plan/selection.h"

namespace fanout {

// Fills scenarios, cells, programs and skipped. What the machine's limits do not allow is skipped
// with a reason that begins with "fd_limited: " or "port_limited: ". `find` says whether this
// machine can run an external program; without it, all are taken to be there. Throws UsageError on
// unknown names, and when nothing is left to run.
Plan make_plan(const Selection& selection, const MachineLimits& limits, const FindProgram& find = {});

}  // namespace fanout
