// How many event loops the embedded server runs, where a scenario does not say.
#pragma once

#include "harness/plan/plan.h"

namespace fanout {

// As many as keep the server of engine asio from being the limit on so many CPUs; at least one. It
// follows from the machine alone, so that any two results of a machine have the same server.
unsigned server_loops_for(double cpus);

// As many as the CPUs of a machine that serves and does nothing else.
unsigned server_loops_alone(double cpus);

// Sets the loops of every scenario of the plan whose server has none set. REQUIRED: its references
// are not made yet.
void choose_server_loops(Plan& plan, unsigned loops);

// The most that any of its scenarios has; 1 of real targets.
unsigned most_server_loops(const Plan& plan);

}  // namespace fanout
