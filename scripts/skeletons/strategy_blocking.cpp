// W threads, each with a fixed share of the requests.
//
// Written by scripts/new-strategy: a strategy that works, as a start for yours. Replace run() and
// the summary; strategies/strategy.h says what is required, and the contract tests check it.
#include <latch>
#include <thread>
#include <vector>

#include "base/on_exit.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

// The hook of a blocking strategy. It is called once per run, in a process of its own, and returns
// when every request has ended and everything it made is gone: threads, processes, descriptors.
//
// `job` holds the requests and the number of workers, W, and records what happens.
// `make_client` makes a new client of the transport that is measured. It may be called from any
// thread, and it may throw: let the exception pass, and the run ends with its reason.
void run(Job& job, const BlockingFactory& make_client) {
  // First the set-up, which is measured apart. Each thread has a client of its own, because a
  // client belongs to one thread at a time.
  std::latch started(job.workers());
  std::latch go(1);
  // Joined at the end of this scope, after they may go: an exception leaves the scope too, and a
  // thread that waited for ever would make a failed run hang.
  std::vector<std::jthread> threads;
  const OnExit opener([&go] { go.count_down(); });
  for (unsigned first = 0; first < job.workers(); ++first) {
    threads.emplace_back([&, first, client = make_client()] {
      started.count_down();
      go.wait();
      // fetch() makes one request, waits for its answer and records both. A request that fails is
      // recorded like any other: there is nothing to check here.
      for (std::size_t i = first; i < job.requests().size(); i += job.workers()) {
        job.fetch(*client, job.requests()[i]);
      }
    });
  }
  started.wait();
  // The timed part begins: all workers exist and wait, and no request was made yet.
  job.ready();
}

}  // namespace

// The row of the registry: all that the command line, the plan, the tests and the tables know.
extern const Strategy skeleton;
const Strategy skeleton{
    .name = "skeleton",
    // One line, for `fanout list strategies`.
    .summary = "W threads, each with a fixed share: thread t takes requests t, t + W, t + 2W ...",
    // How many requests are in flight: `workers` (up to W), or `one` whatever W is.
    .concurrency = Concurrency::workers,
    // How long a client lives: as long as its `worker`, or for one `request`.
    .client_life = ClientLife::worker,
    // The hook above. That it takes a BlockingFactory pairs it with the blocking transports.
    .run = run,
};

}  // namespace fanout
