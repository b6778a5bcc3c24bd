// fanout compare: reads results, and prints what has changed between two sides or over time.
#pragma once

#include "harness/commands/options.h"

namespace fanout {

// Returns the exit code: 4 if anything has become worse beyond the threshold; else 3 if NEW has
// invalid runs or lacks cells of BASE, unless forced; 5 if the results cannot be compared, which is
// said on standard error. Throws UsageError on wrong usage and on files that cannot be read.
int compare_saved(const Options& options);

}  // namespace fanout
