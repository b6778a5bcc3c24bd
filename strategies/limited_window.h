// Issues a job's requests on one event loop, as many at once as a limiter says.
#pragma once

#include "strategies/limiter.h"
#include "strategies/strategy.h"

namespace fanout {

// A request that is tried again is not in flight while it waits, and goes before those that have
// not been begun. Its place stays free until another attempt ends or a wait is over: filling it at
// once would send the next request into the same refusal.
void run_limited(Job& job, const AsyncFactory& make_client, Limiter& limiter);

}  // namespace fanout
