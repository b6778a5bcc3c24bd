#include <latch>
#include <thread>

#include "base/on_exit.h"
#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const BlockingFactory& make_client) {
  BoundedQueue<std::size_t> queue(job.queue_capacity());
  std::latch started(job.workers());
  std::vector<std::jthread> threads;                 // joined last,
  const OnExit closer([&queue] { queue.close(); });  // after the queue is closed
  for (unsigned i = 0; i < job.workers(); ++i) {
    threads.emplace_back([&, client = make_client()] {
      started.count_down();
      while (const auto index = queue.pop()) job.fetch(*client, job.requests()[*index]);
    });
  }
  started.wait();
  job.ready();
  for (std::size_t i = 0; i < job.requests().size(); ++i) queue.push(i);
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
