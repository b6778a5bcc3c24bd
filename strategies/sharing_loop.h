// One event loop of several that share W slots and the work: multi_loop's threads, process_loops'
// processes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/cpus.h"
#include "strategies/job.h"
#include "transports/transport.h"

namespace fanout {

// Its share of the W slots. Loops take requests from one counter, so that none runs dry while
// another has work left. `job` and `next` outlive it.
class SharingLoop {
 public:
  SharingLoop(Job& job, std::unique_ptr<AsyncClient> client, unsigned slots,
              std::atomic<std::size_t>& next)
      : job_(job), client_(std::move(client)), slots_(slots), next_(next) {}

  void run() {
    for (unsigned i = 0; i < slots_; ++i) start_next();
    client_->run();
  }

 private:
  void start_next() {
    const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= job_.requests().size()) return;
    const Request& request = job_.requests()[index];
    job_.started(request);
    client_->start(request, [this, &request](const Response& response) {
      job_.finished(request, response);
      start_next();
    });
  }

  Job& job_;
  std::unique_ptr<AsyncClient> client_;
  unsigned slots_;
  std::atomic<std::size_t>& next_;
};

// A loop per CPU, but two at least, or it would be event_loop; and none without a slot.
inline unsigned sharing_loops(unsigned workers) {
  return std::min(workers, std::max(2U, own_cpus()));
}

// Of W slots those of the i-th loop, whose shares differ by one at most.
inline unsigned slots_of_loop(unsigned i, unsigned loops, unsigned workers) {
  return workers / loops + (i < workers % loops ? 1 : 0);
}

}  // namespace fanout
