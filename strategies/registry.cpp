#include "strategies/registry.h"

#include <array>

namespace fanout {

// The order is that of simplicity, by how much there is to write and to understand. One thing after
// the other. A pool of threads, which is one call in most languages, and whose tasks still read
// from top to bottom; threads and queues by hand. Processes, which share nothing. An event loop,
// which is cut into callbacks; several loops, or threads beside one. At last what adapts itself. Of
// what is equal by figures, the simplest is recommended (harness/analysis/answer.h).
//
// One line per strategy: it declares the row that the strategy's own file defines and takes its
// address. Explicit on purpose: self-registering statics vanish when linked from static libraries.
std::span<const Strategy* const> strategies() {
  // clang-format off
  static const std::array rows{
      [] { extern const Strategy sequential; return &sequential; }(),
      [] { extern const Strategy session_reuse; return &session_reuse; }(),
      [] { extern const Strategy thread_pool; return &thread_pool; }(),
      [] { extern const Strategy thread_per_request; return &thread_per_request; }(),
      [] { extern const Strategy thread_queue; return &thread_queue; }(),
      [] { extern const Strategy process_pool; return &process_pool; }(),
      [] { extern const Strategy event_loop; return &event_loop; }(),
      [] { extern const Strategy batches; return &batches; }(),
      [] { extern const Strategy coroutines; return &coroutines; }(),
      [] { extern const Strategy multi_loop; return &multi_loop; }(),
      [] { extern const Strategy process_loops; return &process_loops; }(),
      [] { extern const Strategy loop_and_pool; return &loop_and_pool; }(),
      [] { extern const Strategy aimd; return &aimd; }(),
      [] { extern const Strategy gradient; return &gradient; }(),
  };
  // clang-format on
  return rows;
}

}  // namespace fanout
