// What an execution of a cell left behind, before it is judged. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cell/cell_memory.h"
#include "harness/cell/samples.h"
#include "harness/machine/host_conditions.h"
#include "harness/machine/process.h"
#include "local_server/ledger.h"

namespace fanout {

// The part of a run that was measured.
struct SteadyWindow {
  std::int64_t begin_ns = 0;  // base/clock.h
  std::int64_t end_ns = 0;    // also when the run was told to end
  std::int64_t cpu_ns = 0;    // user + system time within, of the process and its workers
  bool settled = true;        // the warm-up ended by itself, and the window is long enough
};

// What an execution left behind.
struct Execution {
  std::int64_t started_ns = 0;  // base/clock.h, just before the process was started
  CellHeader header{};
  Samples samples;                              // borrowed
  const FailureWords* failure_words = nullptr;  // of the samples, borrowed; null: none were kept
  const ConnectionNotes* connection_notes = nullptr;  // borrowed; null: none were kept
  const LimitTrace* limit_trace =
      nullptr;                           // of an adaptive strategy, borrowed; null: none was kept
  const WorkDone* work_done = nullptr;   // on answers, borrowed; null: none was kept
  std::uint64_t retries_denied = 0;      // by the budget of retries
  std::uint64_t token_seed = 0;          // of the run (CellTask::token_seed)
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
  unsigned clients = 1;      // machines that ran it together
  bool cpus_shared = false;  // server and clients may run on the same CPUs
};

}  // namespace fanout
