// How long a run took, and what its client cost in that time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/judge/execution.h"
#include "harness/result/run.h"

namespace fanout {

// The timing of a whole run, or of the window in which mode steady measured it; the fields are
// those of Run.
struct Timing {
  std::int64_t makespan_ns = 0;
  std::int64_t cpu_ns = 0;
  std::int64_t peak_memory_bytes = 0;
  Latency latency_ns;
  std::vector<std::pair<std::int64_t, std::uint64_t>> histogram;
  std::optional<SteadyState> steady;  // nothing: of the whole run
  std::vector<std::string> doubts;    // why these figures are not to be believed
};

// Times everything from ready() to the end of the last request.
Timing whole_run(const Execution& execution);

}  // namespace fanout
