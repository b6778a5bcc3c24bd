// The external program that the user's other programs are held against (--baseline).
#pragma once

#include <string>

#include "harness/plan/plan.h"
#include "harness/plan/selection.h"

namespace fanout {

// Makes one of the user's programs the baseline. Throws UsageError if none has this name, or if the
// plan does not run it beside another one of them.
void set_baseline(Plan& plan, const Selection& selection, const std::string& name,
                  double threshold);

}  // namespace fanout
