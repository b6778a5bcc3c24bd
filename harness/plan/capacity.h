// Whether the machine has the capacity for a cell: file descriptors and ports.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/plan/plan.h"

namespace fanout {

// What the run of a cell does not find here; nothing if there is capacity for it. The process that
// connects needs a descriptor for each connection it holds, and `besides` for each worker.
std::optional<WhySkipped> lacks_capacity(const Cell& cell, const Scenario& scenario,
                                         unsigned besides, const MachineLimits& limits);

}  // namespace fanout
