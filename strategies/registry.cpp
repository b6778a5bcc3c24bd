#include "strategies/registry.h"

#include <array>

namespace fanout {

// The order is that of simplicity, by how much there is to understand of a program that is written
// so: one thing after the other; threads, each of which still reads from top to bottom; a queue or
// a pool between them; processes, which share nothing; an event loop, which is cut into callbacks;
// several loops, or threads beside one; at last what adapts itself. Where figures are equal, the
// simpler one is recommended.
//
// One line per strategy: it declares the row that the strategy's own file defines and takes its
// address. Explicit on purpose: self-registering statics vanish when linked from static libraries.
std::span<const Strategy* const> strategies() {
  // clang-format off
  static const std::array rows{
      [] { extern const Strategy sequential; return &sequential; }(),
      [] { extern const Strategy session_reuse; return &session_reuse; }(),
      [] { extern const Strategy thread_per_request; return &thread_per_request; }(),
      [] { extern const Strategy thread_queue; return &thread_queue; }(),
      [] { extern const Strategy thread_pool; return &thread_pool; }(),
      [] { extern const Strategy process_pool; return &process_pool; }(),
      [] { extern const Strategy event_loop; return &event_loop; }(),
      [] { extern const Strategy batches; return &batches; }(),
      [] { extern const Strategy coroutines; return &coroutines; }(),
      [] { extern const Strategy multi_loop; return &multi_loop; }(),
      [] { extern const Strategy loop_and_pool; return &loop_and_pool; }(),
      [] { extern const Strategy aimd; return &aimd; }(),
      [] { extern const Strategy gradient; return &gradient; }(),
  };
  // clang-format on
  return rows;
}

}  // namespace fanout
