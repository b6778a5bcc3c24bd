#include "harness/machine/usage.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <string>

#include "harness/machine/proc_files.h"

namespace fanout {
namespace {

// The number behind `key` in a "Key:   123 kB" file of /proc; 0 if absent.
std::int64_t number_in(const std::string& file, std::string_view key) {
  return number_of(value_of(proc_file(file), key)).value_or(0);
}

std::int64_t nanoseconds(const timeval& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_usec * 1'000LL;
}

}  // namespace

std::int64_t clock_tick_ns() { return 1'000'000'000LL / ::sysconf(_SC_CLK_TCK); }

std::int64_t cpu_ns(const rusage& usage) {
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

ProcessUsage own_usage() {
  ProcessUsage total;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    total.cpu_ns += cpu_ns(usage);
    total.voluntary_switches += static_cast<std::uint64_t>(usage.ru_nvcsw);
    total.involuntary_switches += static_cast<std::uint64_t>(usage.ru_nivcsw);
  }
  return total;
}

std::int64_t cpu_ns_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t cpu_ns_of_family(pid_t pid) {
  std::int64_t sum = cpu_ns_of(pid);
  const std::string children = proc_file(fmt::format("/proc/{0}/task/{0}/children", pid));
  for (const auto child : numbers_of(children)) sum += cpu_ns_of(static_cast<pid_t>(child));
  return sum;
}

std::int64_t own_status(const char* key) { return number_in("/proc/self/status", key); }

std::int64_t status_of(pid_t pid, const char* key) {
  return number_in(fmt::format("/proc/{}/status", pid), key);
}

std::int64_t pool_memory_bytes(pid_t parent, std::span<const pid_t> workers) {
  std::int64_t kib = status_of(parent, "VmHWM");
  for (const pid_t pid : workers) {
    const std::string file = fmt::format("/proc/{}/smaps_rollup", pid);
    kib += number_in(file, "Private_Clean") + number_in(file, "Private_Dirty");
  }
  return kib * 1024;
}

}  // namespace fanout
