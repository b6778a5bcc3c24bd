// Whether the machine has room for a cell: file descriptors and ports.
#pragma once

#include <cstdint>
#include <string>

#include "harness/plan/plan.h"

namespace fanout {

// What the run of a cell does not find here, beginning with "fd_limited: " or "port_limited: "; ""
// if there is room. The process that connects needs, for each worker, a descriptor per host and
// `besides` further ones.
std::string lacks_room(const Cell& cell, const Scenario& scenario, unsigned besides,
                       const MachineLimits& limits);

}  // namespace fanout
