// No network: every request is answered at once, rightly. Tests the harness and measures what the
// strategies themselves cost.
#include <map>
#include <thread>

#include "base/clock.h"
#include "transports/transport.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {
namespace {

Response answer(const ClientConfig& config, const Request& request) {
  const Target& target = config.targets[request.target];
  const TokenText token = token_text(request.token);
  return verify(config, request,
                {.status = target.expected_status,
                 .body_bytes = expected_body(config, request),
                 .token = {token.data(), token.size()}});
}

class NullBlockingClient : public BlockingClient {
 public:
  explicit NullBlockingClient(const ClientConfig& config) : config_(config) {}
  Response fetch(const Request& request) override { return answer(config_, request); }

 private:
  const ClientConfig& config_;
};

class NullAsyncClient : public AsyncClient {
 public:
  explicit NullAsyncClient(const ClientConfig& config) : config_(config) {}

  void start(const Request& request, Done done) override {
    started_.push_back({&request, std::move(done)});
  }

  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    timers_.emplace(now_ns() + delay.count(), std::move(callback));
  }

  void give_up(const Request& request) override {
    for (auto* pending : {&started_, &answering_}) {
      for (Pending& one : *pending) {
        if (one.request == &request) one.request = nullptr;
      }
    }
  }

  void run() override {
    while (!started_.empty() || !timers_.empty()) {
      answer_started();
      call_due_timer();
    }
  }

 private:
  struct Pending {
    const Request* request;
    Done done;
  };

  void answer_started() {
    std::swap(started_, answering_);
    for (Pending& pending : answering_) {
      if (pending.request != nullptr) pending.done(answer(config_, *pending.request));
    }
    answering_.clear();
  }

  void call_due_timer() {
    if (timers_.empty()) return;
    const std::int64_t left_ns = timers_.begin()->first - now_ns();
    if (left_ns > 0) {
      if (started_.empty()) std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
      return;
    }
    auto timer = timers_.extract(timers_.begin());
    timer.mapped()();
  }

  const ClientConfig& config_;
  std::vector<Pending> started_;
  std::vector<Pending> answering_;
  std::multimap<std::int64_t, std::function<void()>> timers_;  // by due time
};

}  // namespace

extern const Transport null_transport;
const Transport null_transport{
    .name = "null",
    .stack = kNoStack,
    .summary = "no network, every request answered at once: measures fanout itself",
    .version = [] { return std::string("1"); },
    .prepare = PrepareEither{
        .blocking = [](const ClientConfig& config) -> BlockingFactory {
          return [&config] { return std::make_unique<NullBlockingClient>(config); };
        },
        .async = [](const ClientConfig& config) -> AsyncFactory {
          return [&config](unsigned) { return std::make_unique<NullAsyncClient>(config); };
        }},
};

}  // namespace fanout
