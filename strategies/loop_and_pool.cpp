#include <latch>
#include <thread>

#include "base/cpus.h"
#include "base/on_exit.h"
#include "strategies/bounded_queue.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

struct Answer {
  const Request* request = nullptr;
  Response response;
};
using Answers = BoundedQueue<Answer>;

// Keeps W requests in flight, as event_loop does, and hands answers on instead of working on them.
// Where the queue is full, the loop waits for the pool.
class Window {
 public:
  Window(Job& job, AsyncClient& client, Answers& answers)
      : job_(job), client_(client), answers_(answers) {}

  void start_next() {
    if (next_ == job_.requests().size()) return;
    const Request& request = job_.requests()[next_++];
    job_.started(request);
    client_.start(request, [this, &request](const Response& response) {
      answers_.push({&request, response});
      start_next();
    });
  }

 private:
  Job& job_;
  AsyncClient& client_;
  Answers& answers_;
  std::size_t next_ = 0;
};

void run(Job& job, const AsyncFactory& make_client) {
  const auto client = make_client(job.workers());
  Answers answers(job.queue_capacity());
  std::vector<std::jthread> pool;                        // joined last,
  const OnExit closer([&answers] { answers.close(); });  // after it was told to end
  const unsigned cpus = own_cpus();
  std::latch waiting(cpus);
  for (unsigned i = 0; i < cpus; ++i) {
    pool.emplace_back([&] {
      waiting.count_down();
      while (const auto answer = answers.pop()) job.finished(*answer->request, answer->response);
    });
  }
  Window window(job, *client, answers);
  waiting.wait();
  job.ready();
  for (unsigned i = 0; i < job.workers(); ++i) window.start_next();
  client->run();
  job.queue_peak = answers.peak();
}

}  // namespace

extern const Strategy loop_and_pool;
const Strategy loop_and_pool{
    .name = "loop_and_pool",
    .summary = "one event loop, W requests in flight; a thread per CPU works on the answers",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
    .takes_part = TakesPart::with_work,
};

}  // namespace fanout
