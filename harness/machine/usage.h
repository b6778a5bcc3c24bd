// What processes have used, as the kernel accounts it.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <span>

namespace fanout {

// The unit of the kernel's coarse accounts, most often 10 ms.
std::int64_t clock_tick_ns();

// User + system time in nanoseconds.
std::int64_t cpu_ns(const rusage& usage);

// getrusage of this process and of the children it has reaped, added up.
struct ProcessUsage {
  std::int64_t cpu_ns = 0;
  std::uint64_t voluntary_switches = 0;
  std::uint64_t involuntary_switches = 0;
};
ProcessUsage own_usage();

// User + system time of another, living process; 0 if it is gone.
std::int64_t cpu_ns_of(pid_t pid);

// User + system time of a process and of the living children of its first thread.
std::int64_t cpu_ns_of_family(pid_t pid);

// A line of /proc/self/status in its own unit ("Threads", "VmHWM": KiB); 0 if absent.
std::int64_t own_status(const char* key);
// A line of /proc/PID/status of another process, in its own unit; 0 if it is gone.
std::int64_t status_of(pid_t pid, const char* key);

// Peak memory of a process and its workers, in bytes: its own VmHWM, in which every
// page they share counts once, and what each worker has for itself alone. (Summed PSS would divide
// the program's pages by the controller and the server too, and make ten processes look smaller
// than one.)
std::int64_t pool_memory_bytes(pid_t parent, std::span<const pid_t> workers);

}  // namespace fanout
