// fanout compare BASE NEW: reads both, prints what has changed.
#pragma once

#include "harness/commands/options.h"

namespace fanout {

// Returns the exit code: 4 if anything has become worse beyond the threshold; else 3 if NEW has
// invalid runs or lacks cells of BASE, unless forced. Throws UsageError if the results cannot be
// compared.
int compare_saved(const Options& options);

}  // namespace fanout
