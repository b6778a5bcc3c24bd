// How many requests at once the server of a scenario takes on, as its limits have it.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/scenario/scenario.h"

namespace fanout {

// From this moment on, counted from the run's first request.
struct CapacityStep {
  std::int64_t from_ns = 0;
  double in_flight = 0;
};

// Whether a host of the embedded server limits its clients.
bool has_limits(const Scenario& scenario);

// Over all hosts that have a limit: the places of a concurrency, or, where less, what a rate keeps
// in flight, rate x (delay + round trip) by Little's law. One step, and another for each moment at
// which a limit changes; none unless every host has a limit.
std::vector<CapacityStep> capacity_steps(const Scenario& scenario);

}  // namespace fanout
