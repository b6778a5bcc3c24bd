// A process and all that it has started, as /proc lists them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace fanout {

// The living processes that `root` started, and those that they started ... Processes whose parents
// have ended are among them only if `root` is where those go (PR_SET_CHILD_SUBREAPER).
std::vector<pid_t> descendants(pid_t root);

// What a family of processes has used up and has, at one moment.
struct FamilyUsage {
  std::int64_t processes = 0;
  std::int64_t threads = 0;
  std::int64_t cpu_ns = 0;  // user + system; of those it has reaped to the clock tick (10 ms)
  std::uint64_t voluntary_switches = 0;  // of their main threads
  std::uint64_t involuntary_switches = 0;
};
FamilyUsage family_usage(pid_t root);

// Whether a process ignores the end of its children: then their CPU is added to nobody's.
bool ignores_children(pid_t pid);

// While it lives, this process is where children of ended processes go. At its end it kills and
// reaps those that have come, and all that they started; children that were there before are left
// alone. REQUIRED: whatever else this process starts meanwhile has ended before.
class StrayGuard {
 public:
  StrayGuard();
  StrayGuard(const StrayGuard&) = delete;
  StrayGuard& operator=(const StrayGuard&) = delete;
  ~StrayGuard();

 private:
  std::vector<pid_t> kept_;
};

// Kills all descendants of this process and reaps them; returns how many there were. REQUIRED: the
// process is where children of ended processes go.
std::uint32_t end_descendants();

}  // namespace fanout
