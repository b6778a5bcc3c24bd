// What a run in mode open says besides: how long requests took from the moment they were due.
#pragma once

#include <optional>

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// Response times, and the rate that was kept. The formulas are in docs/modes.md.
struct Responses {
  OpenLoop figures;
  bool saturated = false;  // the client fell behind its schedule
};
// Nothing in other modes, and of a run that was never ready.
std::optional<Responses> responses_of(const Execution& execution, const Scenario& scenario);

// No run can end before its last request is due; without failures, nor before the server has held
// it for as long as it is to be held. 0 in other modes.
struct ScheduleBound {
  double last_due_ns = 0;  // from ready() on, as the next
  double last_end_ns = 0;
};
ScheduleBound schedule_bound(const Run& run, const Execution& execution, const Scenario& scenario);

}  // namespace fanout
