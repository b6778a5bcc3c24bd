// The CPUs that this process may use.
#pragma once

#include <sched.h>

namespace fanout {

// How many; std::thread::hardware_concurrency counts those of the machine. At least 1.
inline unsigned own_cpus() {
  cpu_set_t cpus;
  if (::sched_getaffinity(0, sizeof cpus, &cpus) != 0) return 1;
  return static_cast<unsigned>(CPU_COUNT(&cpus));
}

}  // namespace fanout
