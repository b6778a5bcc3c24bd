#include <latch>
#include <thread>

#include "base/on_exit.h"
#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const BlockingFactory& make_client) {
  BoundedQueue<const Request*> queue(job.queue_capacity());
  std::latch started(job.workers());
  std::vector<std::jthread> threads;                 // joined last,
  const OnExit closer([&queue] { queue.close(); });  // after the queue is closed
  for (unsigned i = 0; i < job.workers(); ++i) {
    threads.emplace_back([&, client = make_client()] {
      started.count_down();
      while (const auto request = queue.pop()) job.fetch(*client, **request);
    });
  }
  started.wait();
  job.ready();
  for (const Request& request : job.requests()) queue.push(&request);
  job.queue_peak = queue.peak();
}

}  // namespace

extern const Strategy thread_queue;
const Strategy thread_queue{
    .name = "thread_queue",
    .summary = "W threads fed through a queue (of 2 x W by default), a client per thread",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
