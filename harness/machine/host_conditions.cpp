#include "harness/machine/host_conditions.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fanout {
namespace {

using Count = std::optional<std::int64_t>;

constexpr double kNoisySteal = 0.01;
constexpr double kNoisyWait = 0.10;
// Waits shorter than this are part of any wake-up, however short the run.
constexpr std::int64_t kLeastWaitNs = 1'000'000;

std::int64_t clock_tick_ns() { return 1'000'000'000LL / ::sysconf(_SC_CLK_TCK); }

Count steal_ns(const std::string& file) {
  constexpr int kStealColumn = 8;  // proc(5), /proc/stat: user nice system idle iowait irq softirq
  std::ifstream stat(file);
  std::string word;
  stat >> word;
  std::int64_t ticks = 0;
  for (int column = 1; column <= kStealColumn; ++column) stat >> ticks;
  return stat ? Count(ticks * clock_tick_ns()) : std::nullopt;
}

// "some avg10=0.00 avg60=0.00 avg300=0.00 total=123", in microseconds.
Count pressure_ns(const std::string& file) {
  std::ifstream lines(file);
  for (std::string word; lines >> word && word != "full";) {
    if (word.starts_with("total=")) return std::stoll(word.substr(6)) * 1000;
  }
  return std::nullopt;
}

// The value after the word `key` in the line that begins with `line`: "TCP: inuse 5 orphan 0 tw 3".
Count value_after(const std::string& file, const std::string& line, const std::string& key) {
  std::ifstream lines(file);
  for (std::string text; std::getline(lines, text);) {
    std::istringstream words(text);
    std::string word;
    if (!(words >> word) || word != line) continue;
    std::int64_t value = 0;
    while (words >> word) {
      if (word == key && words >> value) return value;
    }
  }
  return std::nullopt;
}

// Finds a pair of lines that begin with `line`, titles above values, and returns the value below
// `title`.
Count value_below(const std::string& file, const std::string& line, const std::string& title) {
  std::ifstream lines(file);
  for (std::string titles, values; std::getline(lines, titles) && std::getline(lines, values);) {
    std::istringstream above(titles);
    std::istringstream below(values);
    std::string name;
    std::string value;
    if (!(above >> name) || name != line) continue;
    below >> value;
    while (above >> name && below >> value) {
      if (name == title) return std::stoll(value);
    }
  }
  return std::nullopt;
}

std::optional<ThreadTimes> times_in(const std::string& file) {
  ThreadTimes times;
  std::ifstream stream(file);
  return stream >> times.cpu_ns >> times.wait_ns ? std::optional(times) : std::nullopt;
}

Count difference(const Count& before, const Count& after) {
  return before && after ? Count(std::max<std::int64_t>(0, *after - *before)) : std::nullopt;
}

}  // namespace

HostConditions read_host(const std::string& proc) {
  HostConditions host;
  host.steal_ns = steal_ns(proc + "/stat");
  host.psi_cpu_ns = pressure_ns(proc + "/pressure/cpu");
  host.psi_memory_ns = pressure_ns(proc + "/pressure/memory");
  host.psi_io_ns = pressure_ns(proc + "/pressure/io");
  host.time_wait = value_after(proc + "/net/sockstat", "TCP:", "tw");
  host.listen_overflows = value_below(proc + "/net/netstat", "TcpExt:", "ListenOverflows");
  host.listen_drops = value_below(proc + "/net/netstat", "TcpExt:", "ListenDrops");
  host.retransmits = value_below(proc + "/net/snmp", "Tcp:", "RetransSegs");
  return host;
}

HostConditions between(const HostConditions& before, const HostConditions& after) {
  HostConditions host;
  for (const auto counter :
       {&HostConditions::steal_ns, &HostConditions::psi_cpu_ns, &HostConditions::psi_memory_ns,
        &HostConditions::psi_io_ns, &HostConditions::listen_overflows,
        &HostConditions::listen_drops, &HostConditions::retransmits}) {
    host.*counter = difference(before.*counter, after.*counter);
  }
  host.time_wait = before.time_wait;
  return host;
}

std::optional<ThreadTimes> own_thread_times() { return times_in("/proc/thread-self/schedstat"); }

std::map<pid_t, ThreadTimes> thread_times(pid_t process) {
  std::map<pid_t, ThreadTimes> threads;
  std::error_code gone;
  const std::string folder = "/proc/" + std::to_string(process) + "/task";
  std::filesystem::directory_iterator entry(folder, gone);
  for (; !gone && entry != std::filesystem::directory_iterator(); entry.increment(gone)) {
    const std::string name = entry->path().filename();
    pid_t id = 0;
    std::from_chars(name.data(), name.data() + name.size(), id);
    if (const auto times = times_in(entry->path() / "schedstat")) threads[id] = *times;
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

bool is_noisy(const HostConditions& host, std::int64_t setup_ns, std::int64_t makespan_ns,
              unsigned machine_cpus) {
  const double cpu_time = static_cast<double>(setup_ns + makespan_ns) * machine_cpus;
  // A difference of two readings in whole ticks is certain to all but one of them.
  const std::int64_t stolen_ns = host.steal_ns.value_or(0) - clock_tick_ns();
  if (static_cast<double>(stolen_ns) > kNoisySteal * cpu_time) return true;
  const std::int64_t waited_ns = host.foreign_wait_ns.value_or(0);
  return waited_ns > kLeastWaitNs &&
         static_cast<double>(waited_ns) > kNoisyWait * static_cast<double>(makespan_ns);
}

}  // namespace fanout
