// An external program measures itself. Whether its word agrees with what the server saw.
#pragma once

#include <string>
#include <vector>

#include "harness/integrity.h"

namespace fanout {

// Why it does not, one line each. REQUIRED: execution.server.
std::vector<std::string> contradicted_by_server(const Execution& execution,
                                                const Scenario& scenario);

}  // namespace fanout
