#include "harness/machine/syscall_counter.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "harness/machine/proc_files.h"

namespace fanout {
namespace {

// The number by which the kernel knows the tracepoint; nothing if tracefs is not there to tell, or
// not to us.
std::optional<std::uint64_t> tracepoint_id() {
  for (const char* root : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    const auto id = number_of(proc_file(fmt::format("{}/events/raw_syscalls/sys_enter/id", root)));
    if (id) return id;
  }
  return std::nullopt;
}

int open_counter(std::uint64_t tracepoint) {
  perf_event_attr event{};
  event.size = sizeof event;
  event.type = PERF_TYPE_TRACEPOINT;
  event.config = tracepoint;
  event.inherit = 1;
  constexpr pid_t kSelf = 0;
  constexpr int kAnyCpu = -1;
  constexpr int kNoGroup = -1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &event, kSelf, kAnyCpu, kNoGroup, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

SyscallCounter::SyscallCounter() {
  const auto tracepoint = tracepoint_id();
  if (!tracepoint) {
    why_not_ =
        "/sys/kernel/tracing does not show the tracepoint raw_syscalls:sys_enter: mount tracefs "
        "there, and be allowed to read it";
    return;
  }
  fd_.reset(open_counter(*tracepoint));
  if (!fd_) {
    why_not_ =
        fmt::format("perf_event_open: {}: it takes CAP_PERFMON, or kernel.perf_event_paranoid = -1",
                    std::strerror(errno));
  }
}

std::int64_t SyscallCounter::count() const {
  std::int64_t calls = 0;
  if (!fd_ || ::read(fd_.get(), &calls, sizeof calls) != sizeof calls) return 0;
  return calls;
}

}  // namespace fanout
