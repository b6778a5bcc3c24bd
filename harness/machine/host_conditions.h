// What happened on the machine besides a run, as the kernel counts it. Nothing: it does not tell.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fanout {

// During a run. The counters of the network are those of this network namespace.
struct HostConditions {
  std::optional<std::int64_t> steal_ns;  // taken by the hypervisor, all CPUs; in clock ticks
  // For which a CPU quota had stopped us, each CPU counted (harness/machine/cpu_quota.h).
  std::optional<std::int64_t> throttled_ns;
  // How long threads that could have run waited for a CPU: the run's main thread from ready() to
  // the end; the threads of the server, added up, while the run's process lived.
  std::optional<std::int64_t> run_queue_wait_ns;
  std::optional<std::int64_t> server_run_queue_wait_ns;
  // The part of the larger of the two waits that neither side can have caused
  // (docs/reading-a-result.md, "Noise").
  std::optional<std::int64_t> foreign_wait_ns;
  // Pressure stall information, "some": time in which a task of this machine, ours included,
  // waited.
  std::optional<std::int64_t> psi_cpu_ns;
  std::optional<std::int64_t> psi_memory_ns;
  std::optional<std::int64_t> psi_io_ns;
  std::optional<std::int64_t> time_wait;         // sockets in TIME_WAIT before the run
  std::optional<std::int64_t> listen_overflows;  // connections that found an accept queue full
  std::optional<std::int64_t> listen_drops;      // those, and others a listener did not take
  std::optional<std::int64_t> retransmits;       // TCP segments
};

// Reads the counters since boot (time_wait: now); the waits are left out.
HostConditions read_host(const std::string& proc = "/proc");
// What was counted between two readings.
HostConditions between(const HostConditions& before, const HostConditions& after);

// What a thread has had of the CPUs.
struct ThreadTimes {
  std::int64_t cpu_ns = 0;
  std::int64_t wait_ns = 0;  // runnable, and not running
};
// The times of the calling thread; nothing if this kernel keeps no such account.
std::optional<ThreadTimes> own_thread_times();
// The times of the living threads of a process, by their ids; empty if it is gone.
std::map<pid_t, ThreadTimes> thread_times(pid_t process);
// What the threads in both have had in between.
std::vector<ThreadTimes> between(const std::map<pid_t, ThreadTimes>& before,
                                 const std::map<pid_t, ThreadTimes>& after);

// The least of their waiting that others than the group must have caused. A thread of the group
// waits for the rest of it no longer than that runs; `group_cpu_ns` is the CPU time of all that may
// run where these threads run.
std::int64_t foreign_wait_ns(std::span<const ThreadTimes> threads, std::int64_t group_cpu_ns);

// Whether a CPU quota stopped a run for more than 0.1 % of its length, set-up included.
bool is_throttled(const HostConditions& host, std::int64_t setup_ns, std::int64_t makespan_ns);

// Whether neighbours disturbed a run of this length (set-up included) so much that it is repeated:
// more than 1 % of all CPUs stolen, or more than 10 % of the makespan spent waiting for others. Who
// a throttled run waited for cannot be told.
bool is_noisy(const HostConditions& host, std::int64_t setup_ns, std::int64_t makespan_ns,
              unsigned machine_cpus);

}  // namespace fanout
