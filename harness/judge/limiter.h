// What limited a run: delays, the client, the server, or a limit of the system. Pure functions.
#pragma once

#include <vector>

#include "harness/judge/execution.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

// How much of the makespan each side was the limit: 1 is all of it.
struct BusyShares {
  double schedule = 0;  // until the last request was due (mode open)
  double quota = 0;     // the least time in which the server's limits allow so much
  double latency = 0;   // the lower bound that delays alone set
  double client = 0;    // CPU of the run, over the CPUs its threads can use
  double server = 0;    // CPU of the server, over the CPUs it can use; or its threads, if more
};

// How long there was to wait for others, at least.
struct Waits {
  double latency_ns = 0;
  double schedule_ns = 0;
  double quota_ns = 0;
};
BusyShares busy_shares(const Run& run, const Execution& execution, const Cell& cell,
                       const Scenario& scenario, const Waits& waits);

// The limit that stands out, and a flag for every side that was busy.
struct Limited {
  Limit by = Limit::none;
  std::vector<Flag> flags;
};

// Names the limit of a believed run, whose flags so far and server are known.
Limited limit_of(const Run& run, const BusyShares& shares);

// Names the limit of a run, believed or not, whose attempts found no descriptor or no port left.
Limited exhaustion_of(const Run& run);

}  // namespace fanout
