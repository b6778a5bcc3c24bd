// What a run in mode steady says: figures of its window, in place of those of the whole run.
#pragma once

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// Whether the request was ended by the end of mode steady, and so was not wanted any more.
bool is_left_over(const Sample& sample, const Execution& execution, const Scenario& scenario);

// Replaces makespan, service times, CPU time and peak memory; flags the run "unsteady" if its
// warm-up did not settle, or 60 s were not enough. A run whose list of requests ended before its
// window was complete is not valid.
void measure_window(Run& run, const Execution& execution, const Scenario& scenario);

// The least time that the server kept workers waiting within the window, over all workers: no
// client could do the same work in less.
double window_latency_bound_ns(const Run& run, const Execution& execution, const Cell& cell,
                               const Scenario& scenario);

}  // namespace fanout
