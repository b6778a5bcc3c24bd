// Whether a run may be believed, and what limited it. Pure functions of what was measured.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/cell_memory.h"
#include "harness/plan.h"
#include "harness/process.h"
#include "harness/run.h"
#include "harness/steady_watch.h"

namespace fanout {

// What an execution left behind.
struct Execution {
  std::int64_t started_ns = 0;  // base/clock.h, just before the process was started
  CellHeader header{};
  std::span<const Sample> samples;
  std::uint64_t token_seed = 0;          // of the run (CellSpec::token_seed)
  std::optional<Exit> exit;              // nothing: it had to be killed (see `failure`)
  std::string failure;                   // why it was ended from outside, or ""
  std::string standard_error;            // the end of what it printed there
  std::optional<ServerCounters> server;  // nothing: the server died, or there is none
  bool served = true;  // by the embedded server; not with real targets or the null transport
  std::optional<SteadyWindow> steady;       // mode steady; nothing: it ended before it was complete
  HostConditions host;                      // but for the waits
  std::vector<ThreadTimes> server_threads;  // while the run's process lived; empty: unknown
  unsigned machine_cpus = 1;                // all of them, in use or not
  unsigned client_cpus = 1;
  unsigned server_cpus = 1;
  bool cpus_shared = false;  // server and clients may run on the same CPUs
};

// The run as reported: figures, and every reason not to believe them.
Run judge(const Execution& execution, const Cell& cell, const Scenario& scenario);

}  // namespace fanout
