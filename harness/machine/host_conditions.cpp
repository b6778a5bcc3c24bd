#include "harness/machine/host_conditions.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "harness/machine/cpu_quota.h"
#include "harness/machine/proc_files.h"
#include "harness/machine/usage.h"

namespace fanout {
namespace {

using Count = std::optional<std::int64_t>;

constexpr double kNoisySteal = 0.01;
constexpr double kMuchThrottled = 0.001;
constexpr double kNoisyWait = 0.10;
// Waits shorter than this are part of any wake-up, however short the run.
constexpr std::int64_t kLeastWaitNs = 1'000'000;

// proc(5), /proc/stat: user nice system idle iowait irq softirq steal.
Count steal_ns(const std::string& stat) {
  constexpr std::size_t kSteal = 7;
  const std::vector<std::int64_t> ticks = numbers_of(value_of(stat, "cpu"));
  return ticks.size() > kSteal ? Count(ticks[kSteal] * clock_tick_ns()) : std::nullopt;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123", in microseconds.
Count pressure_ns(const std::string& pressure) {
  const Count some_us = number_behind(value_of(pressure, "some"), "total=");
  return some_us ? Count(*some_us * 1000) : std::nullopt;
}

std::optional<ThreadTimes> times_in(const std::string& schedstat) {
  const std::vector<std::int64_t> numbers = numbers_of(schedstat);
  if (numbers.size() < 2) return std::nullopt;
  return ThreadTimes{.cpu_ns = numbers[0], .wait_ns = numbers[1]};
}

Count difference(const Count& before, const Count& after) {
  return before && after ? Count(std::max<std::int64_t>(0, *after - *before)) : std::nullopt;
}

}  // namespace

HostConditions read_host(const std::string& proc) {
  HostConditions host;
  host.steal_ns = steal_ns(proc_file(proc + "/stat"));
  host.throttled_ns = throttled_ns(cpu_groups(proc));
  host.psi_cpu_ns = pressure_ns(proc_file(proc + "/pressure/cpu"));
  host.psi_memory_ns = pressure_ns(proc_file(proc + "/pressure/memory"));
  host.psi_io_ns = pressure_ns(proc_file(proc + "/pressure/io"));
  host.time_wait = number_behind(value_of(proc_file(proc + "/net/sockstat"), "TCP"), "tw ");
  const std::string netstat = proc_file(proc + "/net/netstat");
  host.listen_overflows = value_below(netstat, "TcpExt:", "ListenOverflows");
  host.listen_drops = value_below(netstat, "TcpExt:", "ListenDrops");
  host.retransmits = value_below(proc_file(proc + "/net/snmp"), "Tcp:", "RetransSegs");
  return host;
}

HostConditions between(const HostConditions& before, const HostConditions& after) {
  HostConditions host;
  for (const auto counter : {&HostConditions::steal_ns, &HostConditions::throttled_ns,
                             &HostConditions::psi_cpu_ns, &HostConditions::psi_memory_ns,
                             &HostConditions::psi_io_ns, &HostConditions::listen_overflows,
                             &HostConditions::listen_drops, &HostConditions::retransmits}) {
    host.*counter = difference(before.*counter, after.*counter);
  }
  host.time_wait = before.time_wait;
  return host;
}

std::optional<ThreadTimes> own_thread_times() {
  return times_in(proc_file("/proc/thread-self/schedstat"));
}

std::map<pid_t, ThreadTimes> thread_times(pid_t process) {
  std::map<pid_t, ThreadTimes> threads;
  std::error_code gone;
  const std::string folder = "/proc/" + std::to_string(process) + "/task";
  std::filesystem::directory_iterator entry(folder, gone);
  for (; !gone && entry != std::filesystem::directory_iterator(); entry.increment(gone)) {
    const std::string name = entry->path().filename();
    pid_t id = 0;
    std::from_chars(name.data(), name.data() + name.size(), id);
    if (const auto times = times_in(proc_file(entry->path() / "schedstat"))) threads[id] = *times;
  }
  return threads;
}

std::vector<ThreadTimes> between(const std::map<pid_t, ThreadTimes>& before,
                                 const std::map<pid_t, ThreadTimes>& after) {
  std::vector<ThreadTimes> had;
  for (const auto& [id, start] : before) {
    const auto end = after.find(id);
    if (end == after.end()) continue;
    had.push_back({end->second.cpu_ns - start.cpu_ns, end->second.wait_ns - start.wait_ns});
  }
  return had;
}

std::int64_t foreign_wait_ns(std::span<const ThreadTimes> threads, std::int64_t group_cpu_ns) {
  std::int64_t sum = 0;
  for (const ThreadTimes& thread : threads) {
    const std::int64_t rest_cpu_ns = std::max<std::int64_t>(0, group_cpu_ns - thread.cpu_ns);
    sum += std::max<std::int64_t>(0, thread.wait_ns - rest_cpu_ns);
  }
  return sum;
}

bool is_throttled(const HostConditions& host, std::int64_t setup_ns, std::int64_t makespan_ns) {
  return static_cast<double>(host.throttled_ns.value_or(0)) >
         kMuchThrottled * static_cast<double>(setup_ns + makespan_ns);
}

bool is_noisy(const HostConditions& host, std::int64_t setup_ns, std::int64_t makespan_ns,
              unsigned machine_cpus) {
  const double cpu_time = static_cast<double>(setup_ns + makespan_ns) * machine_cpus;
  // A difference of two readings in whole ticks is certain to all but one of them.
  const std::int64_t stolen_ns = host.steal_ns.value_or(0) - clock_tick_ns();
  if (static_cast<double>(stolen_ns) > kNoisySteal * cpu_time) return true;
  if (is_throttled(host, setup_ns, makespan_ns)) return false;
  const std::int64_t waited_ns = host.foreign_wait_ns.value_or(0);
  return waited_ns > kLeastWaitNs &&
         static_cast<double>(waited_ns) > kNoisyWait * static_cast<double>(makespan_ns);
}

}  // namespace fanout
