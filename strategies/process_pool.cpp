#include <memory>

#include "strategies/forked.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const BlockingFactory& make_client) {
  run_forked(job, job.workers(), [&](unsigned, SharedCursor& cursor) {
    return [&, client = std::shared_ptr(make_client())] {
      const auto requests = job.requests();
      for (std::size_t i = 0; (i = cursor.take()) < requests.size();) {
        job.fetch(*client, requests[i]);
      }
    };
  });
}

}  // namespace

extern const Strategy process_pool;
const Strategy process_pool{
    .name = "process_pool",
    .summary = "W forked processes that share the work, a client per process",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
