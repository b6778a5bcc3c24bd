// An external program measures itself. Whether its word agrees with what the server saw.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// Why it does not, one line each. REQUIRED: execution.server.
std::vector<std::string> contradicted_by_server(const Execution& execution,
                                                const Scenario& scenario);

// Adds to the reasons against a run, if there are any, the end of what its program printed.
void add_what_it_printed(Run& run, const std::string& standard_error);

}  // namespace fanout
