// One event loop with W requests in flight.
//
// Written by scripts/new-strategy --async: a strategy that works, as a start for yours. Replace
// Window, run() and the summary; strategies/strategy.h says what is required, and the contract
// tests check it.
#include "strategies/strategy.h"

namespace fanout {
namespace {

// Keeps W requests in flight: each that ends starts the next.
class Window {
 public:
  Window(Job& job, AsyncClient& client) : job_(job), client_(client) {}

  // start() only begins a request. The client calls the function it is given once, from its run(),
  // when the request has ended, well or not. `request` lies in the job and lives long enough.
  void start_next() {
    if (next_ == job_.requests().size()) return;
    const Request& request = job_.requests()[next_++];
    job_.started(request);
    client_.start(request, [this, &request](const Response& response) {
      job_.finished(request, response);
      start_next();
    });
  }

 private:
  Job& job_;
  AsyncClient& client_;
  std::size_t next_ = 0;
};

// The hook of an event-loop strategy. It is called once per run, in a process of its own, and
// returns when every request has ended and everything it made is gone.
//
// `job` holds the requests and the number of workers, W, and records what happens.
// `make_client` makes a new client of the transport that is measured, which is an event loop, too;
// it is told how many requests the client will have in flight at most.
// It may throw: let the exception pass, and the run ends with its reason.
void run(Job& job, const AsyncFactory& make_client) {
  // First the set-up, which is measured apart.
  const auto client = make_client(job.workers());
  Window window(job, *client);
  // The timed part begins: no request was made yet.
  job.ready();
  for (unsigned i = 0; i < job.workers(); ++i) window.start_next();
  // The loop runs until nothing is in flight and no callback of after(delay, callback), its timer,
  // is due any more. All callbacks are called in here, on this thread, so they need no lock.
  client->run();
}

}  // namespace

// The row of the registry: all that the command line, the plan, the tests and the tables know.
extern const Strategy skeleton;
const Strategy skeleton{
    .name = "skeleton",
    // One line, for `fanout list strategies`.
    .summary = "one event loop, W requests in flight: each that ends starts the next",
    // How many requests are in flight: `workers` (up to W), or `one` whatever W is.
    .concurrency = Concurrency::workers,
    // How long a client lives: as long as the loop slots that use it, or for one `request`.
    .client_life = ClientLife::worker,
    // The hook above. That it takes an AsyncFactory pairs it with the event-loop transports.
    .run = run,
};

}  // namespace fanout
