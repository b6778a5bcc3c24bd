// Executes one cell once: a fresh process, fresh server ports, both watched until it has ended.
// One of the two places (with cell_process) that touch the system while measuring.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "harness/cell/cell_task.h"
#include "harness/control/cluster.h"
#include "harness/control/failure_log.h"
#include "harness/control/port_wait.h"
#include "harness/control/remote_server.h"
#include "harness/control/server_control.h"
#include "harness/control/steady_watch.h"
#include "harness/judge/execution.h"
#include "harness/machine/environment.h"
#include "harness/machine/interrupt.h"
#include "harness/plan/plan.h"
#include "harness/result/report.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// What runs may need besides a plan.
struct RunNeeds {
  const UrlList* urls = nullptr;   // with their paths: what a scenario with real targets requests
  FailureLog* failures = nullptr;  // where all requests that fail are written; null: nowhere
  bool keep_secrets = false;       // in the URLs of failed requests
  SayWhy say_wait{};               // told what a run waits for
  const RemoteAddress* server = nullptr;  // of the embedded server; null: it is on this machine
  Cluster* cluster = nullptr;             // who runs cells; null: this machine
};

class CellRunner {
 public:
  // All are borrowed. Starts the server when the first run needs it.
  CellRunner(const Plan& plan, const Environment& environment, const InterruptWatch& interrupt,
             RunNeeds needs = {})
      : plan_(plan), environment_(environment), interrupt_(interrupt), needs_(std::move(needs)) {}

  // Never fails for what happens in the run: that is in the Run. Throws Interrupted, and RunError
  // if the machine cannot run anything at all (no server can be started, no process forked).
  Run operator()(const Cell& cell, unsigned round);
  // Runs it once more, not to be timed, with its system calls counted. Throws the same.
  Profile profile(const Cell& cell);

  // The server's process, for tests; nothing before the first run.
  [[nodiscard]] std::optional<pid_t> server_pid() const;

 private:
  // `syscalls` becomes the number of system calls; null: they are not counted.
  Run execute(const Cell& cell, unsigned round, std::int64_t* syscalls);
  CellTask task_for(const Cell& cell, unsigned round, bool served);
  void run_process(const CellTask& task, const Cell& cell, const CellMemory& memory,
                   Execution& execution);
  [[nodiscard]] std::chrono::nanoseconds limit_of(const CellTask& task, const Cell& cell) const;
  void run_on_cluster(const CellTask& task, const Cell& cell, const CellMemory& memory,
                      Execution& execution);
  std::vector<Target> prepare_targets(const Scenario& scenario, HttpVersion http,
                                      std::uint64_t token_seed, bool served);
  std::vector<Target> prepare_server(const Scenario& scenario, HttpVersion http,
                                     std::uint64_t token_seed);
  void watch(ChildProcess& child, UniqueFd standard_error, std::int64_t limit_ns,
             Execution& execution, const std::function<int()>& look);
  [[nodiscard]] int look_for_answers(const CellMemory& memory, Execution& execution) const;
  void note_failures(Run& run, const CellTask& task, const Cell& cell, unsigned round,
                     const Execution& execution);
  [[nodiscard]] std::unique_ptr<ServerControl> start_server() const;
  std::optional<ServerCounters> finish_server();
  [[nodiscard]] std::map<pid_t, ThreadTimes> server_threads() const;

  const Plan& plan_;
  const Environment& environment_;
  const InterruptWatch& interrupt_;
  RunNeeds needs_;
  std::unique_ptr<ServerControl> server_;
  bool server_replaced_ = false;  // since the last run: one was found dead
  bool answered_ = false;         // a request succeeded in some run
};

}  // namespace fanout
