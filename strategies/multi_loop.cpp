#include <atomic>
#include <latch>
#include <thread>

#include "base/on_exit.h"
#include "strategies/sharing_loop.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

void run(Job& job, const AsyncFactory& make_client) {
  const unsigned loops = sharing_loops(job.workers());
  std::atomic<std::size_t> next{0};
  std::latch started(loops);
  std::latch go(1);
  std::vector<std::jthread> threads;                // joined last,
  const OnExit opener([&go] { go.count_down(); });  // after they may go
  for (unsigned i = 0; i < loops; ++i) {
    const unsigned slots = slots_of_loop(i, loops, job.workers());
    threads.emplace_back([&, slots, client = make_client(slots)]() mutable {
      SharingLoop loop(job, std::move(client), slots, next);
      started.count_down();
      go.wait();
      loop.run();
    });
  }
  started.wait();
  job.ready();
}

}  // namespace

extern const Strategy multi_loop;
const Strategy multi_loop{
    .name = "multi_loop",
    .summary = "an event loop per CPU (two at least), each on its thread, that share W slots",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
    .loops = sharing_loops,
};

}  // namespace fanout
