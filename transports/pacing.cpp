#include "transports/pacing.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/sleep_until.h"

namespace fanout {
namespace {

// When to let this request go (base/clock.h).
std::int64_t due_at(const ClientConfig& config, const Request& request) {
  const std::int64_t due = config.schedule_start->load() + config.due_ns[request.index];
  return config.deadline == nullptr ? due : std::min(due, config.deadline->load());
}

class BlockingPacing final : public BlockingClient {
 public:
  BlockingPacing(std::unique_ptr<BlockingClient> client, const ClientConfig& config)
      : client_(std::move(client)), config_(config) {}

  Response fetch(const Request& request) override {
    sleep_until(due_at(config_, request));
    const std::int64_t began_ns = now_ns();
    Response response = client_->fetch(request);
    response.began_ns = began_ns;
    return response;
  }

 private:
  std::unique_ptr<BlockingClient> client_;
  const ClientConfig& config_;
};

class AsyncPacing final : public AsyncClient {
 public:
  AsyncPacing(std::unique_ptr<AsyncClient> client, const ClientConfig& config)
      : config_(config), client_(std::move(client)) {}

  void start(const Request& request, Done done) override {
    if (spare_.empty()) spare_.push_back(&held_.emplace_back());
    Held& held = *spare_.back();
    spare_.pop_back();
    held.request = &request;
    held.done = std::move(done);
    const std::int64_t left_ns = due_at(config_, request) - now_ns();
    if (left_ns <= 0) return begin(held);
    client_->after(std::chrono::nanoseconds(left_ns), [this, &held] { begin(held); });
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    client_->after(delay, std::move(callback));
  }
  void run() override { client_->run(); }
  void hand_over_retries(const Retries& retries) override { client_->hand_over_retries(retries); }

 private:
  struct Held {
    const Request* request = nullptr;
    Done done;
    std::int64_t began_ns = 0;
  };

  void begin(Held& held) {
    held.began_ns = now_ns();
    client_->start(*held.request, [this, &held](Response response) {
      response.began_ns = held.began_ns;
      const Done done = std::move(held.done);
      spare_.push_back(&held);
      done(response);
    });
  }

  const ClientConfig& config_;
  std::deque<Held> held_;  // a deque: entries stay where they are
  std::vector<Held*> spare_;
  std::unique_ptr<AsyncClient> client_;  // last: its callbacks use the rest
};

}  // namespace

std::unique_ptr<BlockingClient> with_pacing(std::unique_ptr<BlockingClient> client,
                                            const ClientConfig& config) {
  if (config.due_ns.empty()) return client;
  return std::make_unique<BlockingPacing>(std::move(client), config);
}

std::unique_ptr<AsyncClient> with_pacing(std::unique_ptr<AsyncClient> client,
                                         const ClientConfig& config) {
  if (config.due_ns.empty()) return client;
  return std::make_unique<AsyncPacing>(std::move(client), config);
}

}  // namespace fanout
