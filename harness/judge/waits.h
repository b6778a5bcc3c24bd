// How long a run waited for CPUs, and what of that was not of its own making.
#pragma once

#include <cstdint>

#include "harness/judge/execution.h"
#include "harness/machine/host_conditions.h"

namespace fanout {

// What happened on the machine during an execution, the waits of client and server included.
// `process_cpu_ns` is the CPU time of the run's process, from exec to exit.
HostConditions conditions_of(const Execution& execution, std::int64_t process_cpu_ns);

}  // namespace fanout
