// What the process of a run is told of its cell and scenario.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/cell/cell_task.h"
#include "harness/plan/plan.h"
#include "local_server/behaviour.h"

namespace fanout {

// The embedded server's hosts, which listen at these endpoints, as a client knows them.
std::vector<Target> targets_for(const Scenario& scenario, const std::vector<Endpoint>& endpoints);

// The task of a run whose requests carry tokens of this seed; `urls_fd` as in CellTask.
CellTask make_task(const Cell& cell, const Scenario& scenario, std::vector<Target> targets,
                   std::uint64_t token_seed, int urls_fd);

}  // namespace fanout
