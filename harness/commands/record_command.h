// fanout record: asks a real API politely, and writes a scenario that behaves alike.
#pragma once

#include "harness/commands/options.h"

namespace fanout {

// Returns the exit code. Throws UsageError on wrong usage and where too little was seen, and
// RunError if nothing was answered; then no file is written.
int record(const Options& options);

}  // namespace fanout
