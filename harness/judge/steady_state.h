// What a run in mode steady says: figures of its window, in place of those of the whole run. Pure
// functions.
#pragma once

#include "harness/judge/execution.h"
#include "harness/judge/timing.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// Whether the request was ended by the end of mode steady, and so was not wanted any more.
bool is_left_over(const Sample& sample, const Execution& execution, const Scenario& scenario);

// The timing of mode steady's window, in place of that of the whole run; that of the whole run,
// with a doubt, if its list of requests ended before the window was complete.
Timing within_window(const Execution& execution, const Timing& whole);

// The least time that the server kept workers waiting within the window, over all workers: no
// client could do the same work in less.
double window_latency_bound_ns(const Run& run, const Execution& execution, const Cell& cell,
                               const Scenario& scenario);

}  // namespace fanout
