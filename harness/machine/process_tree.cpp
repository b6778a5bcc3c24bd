#include "harness/machine/process_tree.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string>

#include "harness/machine/proc_files.h"
#include "harness/machine/usage.h"

namespace fanout {
namespace {

// The processes that any thread of this one started and that are not reaped.
std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (const auto& thread :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone)) {
    for (const auto child : numbers_of(proc_file(thread.path() / "children"))) {
      children.push_back(static_cast<pid_t>(child));
    }
  }
  return children;
}

// User + system time of the children it has reaped, to the clock tick: fields 16 and 17
// of /proc/PID/stat (proc(5)).
std::int64_t reaped_cpu_ns(pid_t pid) {
  const std::string text = proc_file(fmt::format("/proc/{}/stat", pid));
  const std::size_t state = text.rfind(") ");  // field 3, behind a name that may hold anything
  if (state == std::string::npos) return 0;
  const std::vector<std::int64_t> from_4th = numbers_of(std::string_view(text).substr(state + 3));
  if (from_4th.size() <= 17 - 4) return 0;
  const std::int64_t used = from_4th[16 - 4] + from_4th[17 - 4];
  const std::int64_t ticks = used + (used > 0 ? 1 : 0);  // rounded down: half a tick each
  return ticks * clock_tick_ns();
}

}  // namespace

std::vector<pid_t> descendants(pid_t root) {
  std::vector<pid_t> family = children_of(root);
  for (std::size_t i = 0; i < family.size(); ++i) {
    const std::vector<pid_t> children = children_of(family[i]);
    family.insert(family.end(), children.begin(), children.end());
  }
  return family;
}

FamilyUsage family_usage(pid_t root) {
  FamilyUsage sum;
  std::vector<pid_t> family = descendants(root);
  family.push_back(root);
  for (const pid_t pid : family) {
    ++sum.processes;
    sum.threads += status_of(pid, "Threads");
    sum.cpu_ns += cpu_ns_of(pid) + reaped_cpu_ns(pid);
    sum.voluntary_switches += static_cast<std::uint64_t>(status_of(pid, "voluntary_ctxt_switches"));
    sum.involuntary_switches +=
        static_cast<std::uint64_t>(status_of(pid, "nonvoluntary_ctxt_switches"));
  }
  return sum;
}

bool ignores_children(pid_t pid) {
  const std::string status = proc_file(fmt::format("/proc/{}/status", pid));
  const std::string_view ignored = value_of(status, "SigIgn");
  std::uint64_t signals = 0;  // the bit of signal n is n - 1 (proc(5))
  std::from_chars(ignored.data(), ignored.data() + ignored.size(), signals, 16);
  return (signals >> (SIGCHLD - 1) & 1) != 0;
}

StrayGuard::StrayGuard() : kept_(children_of(::getpid())) { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

StrayGuard::~StrayGuard() {
  for (const pid_t child : children_of(::getpid())) {
    if (std::ranges::find(kept_, child) != kept_.end()) continue;
    std::vector<pid_t> family = descendants(child);
    family.push_back(child);
    for (const pid_t pid : family) ::kill(pid, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

std::uint32_t end_descendants() {
  std::uint32_t ended = 0;
  for (;;) {
    for (const pid_t pid : descendants(::getpid())) ::kill(pid, SIGKILL);
    const pid_t reaped = ::waitpid(-1, nullptr, 0);
    if (reaped > 0) ++ended;
    if (reaped < 0 && errno != EINTR) return ended;  // none is left
  }
}

}  // namespace fanout
