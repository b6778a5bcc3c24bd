#include "harness/judge/waits.h"

#include <algorithm>
#include <span>

namespace fanout {
namespace {

void add_client_waits(HostConditions& host, const Execution& execution) {
  const CellHeader& header = execution.header;
  if (header.finished == 0 || header.main_wait_ns < 0) return;
  const ThreadTimes main_thread{header.main_cpu_ns, header.main_wait_ns};
  const std::int64_t cpu_ns = header.cpu_at_end_ns - header.cpu_at_ready_ns;
  const std::int64_t server_cpu_ns = execution.server ? execution.server->cpu_ns : 0;
  host.run_queue_wait_ns = main_thread.wait_ns;
  host.foreign_wait_ns = foreign_wait_ns(std::span(&main_thread, 1),
                                         cpu_ns + (execution.cpus_shared ? server_cpu_ns : 0));
}

void add_server_waits(HostConditions& host, const Execution& execution,
                      std::int64_t process_cpu_ns) {
  if (execution.server_threads.empty()) return;
  std::int64_t server_threads_ns = 0;
  host.server_run_queue_wait_ns = 0;
  for (const ThreadTimes& thread : execution.server_threads) {
    server_threads_ns += thread.cpu_ns;
    *host.server_run_queue_wait_ns += thread.wait_ns;
  }
  const std::int64_t foreign_ns = foreign_wait_ns(
      execution.server_threads, server_threads_ns + (execution.cpus_shared ? process_cpu_ns : 0));
  host.foreign_wait_ns = std::max(host.foreign_wait_ns.value_or(0), foreign_ns);
}

}  // namespace

HostConditions conditions_of(const Execution& execution, std::int64_t process_cpu_ns) {
  HostConditions host = execution.host;
  add_client_waits(host, execution);
  add_server_waits(host, execution, process_cpu_ns);
  return host;
}

}  // namespace fanout
