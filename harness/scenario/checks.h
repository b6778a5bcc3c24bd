// Whether what a scenario asks for goes together. Each throws UsageError that names `where`, the
// key and what to do.
#pragma once

#include <string>

#include "harness/scenario/scenario.h"

namespace fanout {

// The mode and what goes with it: rate, arrivals, deadline.
void check_mode(const Scenario& scenario, const std::string& where);

// Every host that the order names is there.
void check_order(const Scenario& scenario, const std::string& where);

// Of retries and hedges, one at most; a budget or a pause has retries it is for.
void check_policies(const Scenario& scenario, const std::string& where);

// Where answers are to be parsed as JSON, the embedded server's bodies are. Throws if they cannot
// be.
void give_bodies_to_work_on(Scenario& scenario, const std::string& where);

// Time limits are long enough to be kept.
void check_timeouts(const Scenario& scenario, const std::string& where);

}  // namespace fanout
