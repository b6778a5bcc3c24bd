#include <coroutine>
#include <exception>

#include "strategies/strategy.h"

namespace fanout {
namespace {

// A coroutine that nobody awaits: runs at once, and frees itself at its end.
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }  // clients report failures, not exceptions
  };
};

// co_await Fetch(client, request) is the response.
class Fetch {
 public:
  Fetch(AsyncClient& client, const Request& request) : client_(client), request_(request) {}

  [[nodiscard]] bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    client_.start(request_, [this, caller](const Response& response) {
      response_ = response;
      caller.resume();
    });
  }
  [[nodiscard]] Response await_resume() const { return response_; }

 private:
  AsyncClient& client_;
  const Request& request_;
  Response response_;
};

Detached worker(Job& job, AsyncClient& client, std::size_t& next) {
  while (next < job.requests().size()) {
    const Request& request = job.requests()[next++];
    job.started(request);
    const Response response = co_await Fetch(client, request);
    job.finished(request, response);
  }
}

void run(Job& job, const AsyncFactory& make_client) {
  const auto client = make_client(job.workers());
  std::size_t next = 0;
  job.ready();
  for (unsigned i = 0; i < job.workers(); ++i) worker(job, *client, next);
  client->run();
}

}  // namespace

extern const Strategy coroutines;
const Strategy coroutines{
    .name = "coroutines",
    .summary = "one event loop, W coroutines that each make one request after the other",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
