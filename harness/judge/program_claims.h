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

// What a failed program printed, as one more reason; "" if nothing, or if a reason says it already.
std::string what_it_printed(const std::vector<std::string>& reasons,
                            const std::string& standard_error);

}  // namespace fanout
