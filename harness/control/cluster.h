// Many machines of clients that run each cell together (cluster/), as the controller sees them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"
#include "harness/judge/execution.h"
#include "harness/machine/environment.h"
#include "harness/machine/interrupt.h"

namespace fanout {

class Cluster {
 public:
  Cluster() = default;
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  virtual ~Cluster() = default;

  // The machines of clients, at least one, and where they reach the embedded server of this one.
  [[nodiscard]] virtual const std::vector<ClientMachine>& clients() const = 0;
  [[nodiscard]] virtual const std::string& server_address() const = 0;

  // Has every machine run its share of the task's requests, all of them from one moment on, and
  // joins what they measured (harness/control/shared_work.h): in `memory`, which has room for all
  // requests, and in the rest of the execution. No machine takes longer than `limit`. Throws
  // Interrupted.
  virtual void run(const CellTask& task, std::chrono::nanoseconds limit,
                   const InterruptWatch& interrupt, const CellMemory& memory,
                   Execution& execution) = 0;
};

}  // namespace fanout
