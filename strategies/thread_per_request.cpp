#include <thread>

#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

// Each request gets a thread and a client of its own, both made when it is its turn: at once for
// all if there are as many workers as requests. What making them costs is what this strategy is.
void run(Job& job, const BlockingFactory& make_client) {
  BoundedQueue<unsigned> idle(job.workers());
  std::vector<std::jthread> threads(job.workers());
  for (unsigned slot = 0; slot < job.workers(); ++slot) idle.push(slot);
  job.ready();
  for (const Request& request : job.requests()) {
    const unsigned slot = *idle.pop();
    // Assigning joins the slot's last thread, which has nothing left to do.
    threads[slot] = std::jthread([&, slot] {
      job.fetch(*make_client(), request);
      idle.push(slot);
    });
  }
}

}  // namespace

extern const Strategy thread_per_request;
const Strategy thread_per_request{
    .name = "thread_per_request",
    .summary = "a thread and a client for each request, W at a time",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::request,
    .run = run,
};

}  // namespace fanout
