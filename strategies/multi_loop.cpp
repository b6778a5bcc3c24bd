#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>

#include "base/cpus.h"
#include "base/on_exit.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

// One loop's share of the W slots. Loops take requests from one counter, so that none runs dry
// while another has work left.
class Loop {
 public:
  Loop(Job& job, std::unique_ptr<AsyncClient> client, unsigned slots,
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
unsigned loops_for(unsigned workers) { return std::min(workers, std::max(2U, own_cpus())); }

void run(Job& job, const AsyncFactory& make_client) {
  const unsigned loops = loops_for(job.workers());
  std::atomic<std::size_t> next{0};
  std::latch started(loops);
  std::latch go(1);
  std::vector<std::jthread> threads;                // joined last,
  const OnExit opener([&go] { go.count_down(); });  // after they may go
  for (unsigned i = 0; i < loops; ++i) {
    const unsigned slots = job.workers() / loops + (i < job.workers() % loops ? 1 : 0);
    threads.emplace_back([&, slots, client = make_client(slots)]() mutable {
      Loop loop(job, std::move(client), slots, next);
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
    .loops = loops_for,
};

}  // namespace fanout
