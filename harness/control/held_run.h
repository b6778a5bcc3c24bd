// One machine's share of a run that several make together: a process that is started, waits at the
// start line (harness/cell/start_line.h), and is watched until it has ended.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/fd.h"
#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"
#include "harness/control/shared_work.h"
#include "harness/machine/host_conditions.h"
#include "harness/machine/process.h"
#include "harness/machine/process_tree.h"

namespace fanout {

class HeldRun {
 public:
  // Starts the process of this share, on all CPUs. It may take `limit` from its start to be ready,
  // and from the start line to end. Throws RunError.
  HeldRun(const CellTask& share, std::chrono::nanoseconds limit);

  // Waits until it stands at the start line; false: it has ended, or takes too long.
  bool is_ready();
  // Lets it begin at this moment (base/clock.h), waits for its end and says what it left behind.
  SharedPart run_from(std::int64_t moment_ns);
  // Ends it where it stands, and says the same.
  SharedPart give_up();

 private:
  // Waits so long for its end, or for what it prints; false: it still runs.
  bool has_ended(int timeout_ms);
  SharedPart left_behind();

  std::chrono::nanoseconds limit_;
  CellMemory memory_;
  HostConditions host_before_;
  StrayGuard strays_;
  UniqueFd standard_error_;
  ChildProcess child_;
  SharedPart part_;
};

}  // namespace fanout
