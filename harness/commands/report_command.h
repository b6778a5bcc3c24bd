// fanout report: a saved result in other forms.
#pragma once

#include "harness/commands/options.h"

namespace fanout {

// Prints the result, or makes a page of it. Returns the exit code.
int report_saved(const Options& options);

}  // namespace fanout
