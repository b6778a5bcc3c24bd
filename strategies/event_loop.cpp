#include "strategies/strategy.h"

namespace fanout {
namespace {

// Keeps W requests in flight: each that ends starts the next.
class Window {
 public:
  Window(Job& job, AsyncClient& client) : job_(job), client_(client) {}

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

void run(Job& job, const AsyncFactory& make_client) {
  const auto client = make_client(job.workers());
  Window window(job, *client);
  job.ready();
  for (unsigned i = 0; i < job.workers(); ++i) window.start_next();
  client->run();
}

}  // namespace

extern const Strategy event_loop;
const Strategy event_loop{
    .name = "event_loop",
    .summary = "one thread, one event loop, W requests in flight",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
