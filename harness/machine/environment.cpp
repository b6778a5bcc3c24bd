#include "harness/machine/environment.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/fd.h"
#include "harness/machine/cpu_quota.h"
#include "harness/machine/proc_files.h"
#include "transports/registry.h"
#include "wire/socket_options.h"

namespace fanout {
namespace {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

std::string socket_congestion_control() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  set_fanout_socket_options(socket.get());
  char name[16] = {};
  socklen_t size = sizeof name - 1;
  if (::getsockopt(socket.get(), IPPROTO_TCP, TCP_CONGESTION, name, &size) != 0) return {};
  return name;
}

// The quota, where that is less than these CPUs.
std::optional<double> quota_below(std::size_t cpus) {
  const auto quota = cpu_quota(cpu_groups());
  return quota && *quota < static_cast<double>(cpus) ? quota : std::nullopt;
}

void set_cpus(Environment& environment, Affinity affinity, unsigned server_loops) {
  const std::vector<int> cpus = allowed_cpus();
  environment.cpu_quota = quota_below(cpus.size());
  environment.cpus = environment.cpu_quota.value_or(static_cast<double>(cpus.size()));
  auto [server, client] = divide_cpus(cpus, affinity, server_loops);
  environment.server_cpus = std::move(server);
  environment.client_cpus = std::move(client);
}

}  // namespace

Tool this_tool() { return {FANOUT_VERSION, FANOUT_COMMIT, FANOUT_BUILD}; }

std::string unfit_build() {
  const std::string build = FANOUT_BUILD;
  if (build == "Release" || build == "RelWithDebInfo") return {};
  return "this is a " + build + " build: its figures are not ranked; use the release preset";
}

double usable_cpus() {
  const std::size_t cpus = allowed_cpus().size();
  return quota_below(cpus).value_or(static_cast<double>(cpus));
}

CpuShares divide_cpus(const std::vector<int>& cpus, Affinity affinity, unsigned server_loops) {
  if (affinity == Affinity::none) return {};
  if (affinity == Affinity::shared || cpus.size() < 2) return {cpus, cpus};
  const std::size_t own = std::min<std::size_t>(server_loops, cpus.size() - 1);
  const auto first_own = cpus.end() - static_cast<std::ptrdiff_t>(own);
  return {.server = {first_own, cpus.end()}, .client = {cpus.begin(), first_own}};
}

Environment this_environment(Affinity affinity, unsigned server_loops) {
  Environment environment;
  utsname system{};
  ::uname(&system);
  environment.kernel = system.release;
  environment.os = value_of(proc_file("/etc/os-release"), "PRETTY_NAME");
  environment.cpu_model = value_of(proc_file("/proc/cpuinfo"), "model name");
  environment.memory_bytes = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  environment.congestion_control =
      first_line(proc_file("/proc/sys/net/ipv4/tcp_congestion_control"));
  environment.socket_congestion_control = socket_congestion_control();
  const MachineLimits limits = machine_limits();
  environment.file_descriptors = limits.file_descriptors;
  environment.ephemeral_ports = limits.ports;
  set_cpus(environment, affinity, server_loops);
  for (const Transport* transport : transports()) {
    environment.libraries[std::string(transport->name)] = transport->version();
  }
  return environment;
}

MachineLimits machine_limits() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto range = numbers_of(proc_file("/proc/sys/net/ipv4/ip_local_port_range"));
  constexpr std::uint64_t kDebianDefault = 28'232;
  const bool told = range.size() == 2;
  const auto free_kib = number_of(value_of(proc_file("/proc/meminfo"), "MemAvailable"));
  return {.file_descriptors = limit.rlim_max,
          .ports = told ? static_cast<std::uint64_t>(range[1] - range[0] + 1) : kDebianDefault,
          .memory = static_cast<std::uint64_t>(free_kib.value_or(0)) * 1024};
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace fanout
