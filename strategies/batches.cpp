#include <algorithm>

#include "strategies/strategy.h"

namespace fanout {
namespace {

// Starts W requests, waits for all of them, and only then starts the next W.
class Waves {
 public:
  Waves(Job& job, AsyncClient& client) : job_(job), client_(client) {}

  void start_wave() {
    const std::size_t left = job_.requests().size() - next_;
    outstanding_ = std::min<std::size_t>(left, job_.workers());
    for (std::size_t i = 0; i < std::min<std::size_t>(left, job_.workers()); ++i) start_next();
  }

 private:
  void start_next() {
    const Request& request = job_.requests()[next_++];
    job_.started(request);
    client_.start(request, [this, &request](const Response& response) {
      job_.finished(request, response);
      if (--outstanding_ == 0) start_wave();
    });
  }

  Job& job_;
  AsyncClient& client_;
  std::size_t next_ = 0;
  std::size_t outstanding_ = 0;  // of this wave
};

void run(Job& job, const AsyncFactory& make_client) {
  const auto client = make_client(job.workers());
  Waves waves(job, *client);
  job.ready();
  waves.start_wave();
  client->run();
}

}  // namespace

extern const Strategy batches;
const Strategy batches{
    .name = "batches",
    .summary =
        "one event loop, waves of W requests: the next begins when the last of one has ended",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
