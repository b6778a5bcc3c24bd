// Mode steady, seen from the controller: it reads the samples of a run while they are written,
// decides when it has seen enough, and ends the run by its deadline. The run's process takes no
// part.
#pragma once

#include <sys/types.h>

#include <optional>

#include "harness/cell/cell_memory.h"
#include "harness/judge/execution.h"
#include "harness/statistics/steady.h"

namespace fanout {

class SteadyWatch {
 public:
  // Watches the run whose process this is; `memory` is borrowed.
  SteadyWatch(pid_t pid, const CellMemory& memory, unsigned workers)
      : pid_(pid), memory_(memory), workers_(workers) {}

  // Looks, if it is time to. Returns milliseconds until it wants to look again.
  int look();
  // Nothing unless the window was complete.
  [[nodiscard]] const std::optional<SteadyWindow>& window() const { return window_; }

 private:
  std::uint64_t count_finished();

  pid_t pid_;
  const CellMemory& memory_;
  unsigned workers_;
  std::optional<SteadyDetector> detector_;  // from ready() on
  std::int64_t next_look_ns_ = 0;
  std::size_t all_before_ = 0;  // samples before this one have finished
  std::int64_t cpu_at_begin_ns_ = 0;
  std::optional<SteadyWindow> window_;
};

}  // namespace fanout
