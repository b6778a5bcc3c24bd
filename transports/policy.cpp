#include "transports/policy.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/path.h"
#include "transports/policy_state.h"
#include "transports/retried.h"
#include "wire/token.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// One request on its way through its attempts.
class Trial {
 public:
  explicit Trial(const Request& request) : request_(request), token_(request.token) {}

  // The current attempt, as the transport is to make it.
  [[nodiscard]] const Request& request() const { return request_; }

  // Takes the end of the current attempt; returns the wait before the next, or nothing if there is
  // none.
  std::optional<nanoseconds> next(const ClientConfig& config, Response& response);

  // The end of the request, whose last attempt ended as `response`.
  [[nodiscard]] Response end(Response response) const {
    response.attempts = static_cast<std::uint8_t>(attempt_ + response.attempts);
    if (attempt_ > 0) response.retried = retried_;
    response.began_ns = began_ns_;
    return response;
  }
  // The same, the current attempt not having been begun.
  [[nodiscard]] Response unbegun() const {
    return {.outcome = Outcome::deadline,
            .attempts = static_cast<std::uint8_t>(attempt_),
            .retried = retried_};
  }

 private:
  Request request_;
  std::uint64_t token_;
  unsigned attempt_ = 0;
  std::uint64_t retried_ = 0;
  std::int64_t began_ns_ = 0;  // of the first attempt, if it was held back (transports/gate.h)
};

// Time limits of the libraries are kept to the millisecond: less than one is no time.
constexpr std::int64_t kLeastTimeNs = 1'000'000;

std::int64_t deadline_of(const ClientConfig& config) {
  return config.deadline == nullptr ? kNever : config.deadline->load();
}

void count_first_attempt(const ClientConfig& config) {
  if (config.retry.budget) config.policy_state->retries.earn(*config.retry.budget);
}

// Whether the budget of retries, if there is one, has another.
bool may_try_again(const ClientConfig& config) {
  if (!config.retry.budget || config.policy_state->retries.take()) return true;
  ++config.policy_state->retries_denied;
  return false;
}

std::optional<nanoseconds> Trial::next(const ClientConfig& config, Response& response) {
  if (attempt_ == 0) began_ns_ = response.began_ns;
  const bool out_of_time =
      response.outcome == Outcome::timeout || response.outcome == Outcome::connect_timeout;
  if (out_of_time && past_deadline(config)) response.outcome = Outcome::deadline;
  if (attempt_ == config.retry.retries || !is_transient(response)) return std::nullopt;
  if (!config.retry.post && !may_repeat(config, token_)) return std::nullopt;
  if (std::chrono::seconds(response.retry_after_s) > kLongestRetryAfter) return std::nullopt;
  const bool listed = has_listed_paths(config);  // equal paths have equal tokens
  const std::uint64_t seed = listed ? make_token(token_, request_.index) : token_;
  const nanoseconds wait = std::max<nanoseconds>(backoff(config.retry, seed, attempt_ + 1),
                                                 std::chrono::seconds(response.retry_after_s));
  if (deadline_of(config) - now_ns() <= wait.count() || !may_try_again(config)) {
    return std::nullopt;
  }
  retried_ = note_attempt(retried_, attempt_, {response.outcome, response.status});
  ++attempt_;
  if (!listed) request_.token = attempt_token(token_, attempt_);
  return wait;
}

class BlockingPolicy final : public BlockingClient {
 public:
  BlockingPolicy(std::unique_ptr<BlockingClient> client, const ClientConfig& config)
      : client_(std::move(client)), config_(config) {}

  Response fetch(const Request& request) override {
    Trial trial(request);
    count_first_attempt(config_);
    while (!past_deadline(config_)) {
      Response response = client_->fetch(trial.request());
      const auto wait = trial.next(config_, response);
      if (!wait) return trial.end(response);
      std::this_thread::sleep_for(*wait);
    }
    return trial.unbegun();
  }

 private:
  std::unique_ptr<BlockingClient> client_;
  const ClientConfig& config_;
};

class AsyncPolicy final : public AsyncClient {
 public:
  AsyncPolicy(std::unique_ptr<AsyncClient> client, const ClientConfig& config)
      : config_(config), client_(std::move(client)) {}

  void start(const Request& request, Done done) override {
    if (spare_.empty()) spare_.push_back(&pending_.emplace_back());
    Pending& pending = *spare_.back();
    spare_.pop_back();
    pending.trial.emplace(request);
    count_first_attempt(config_);
    pending.done = std::move(done);
    begin(pending);
  }
  void after(nanoseconds delay, std::function<void()> callback) override {
    client_->after(delay, std::move(callback));
  }
  void run() override { client_->run(); }
  void hand_over_retries(const Retries& retries) override { retries_ = retries; }

 private:
  struct Pending {
    std::optional<Trial> trial;
    Done done;
  };

  void begin(Pending& pending) {
    if (past_deadline(config_)) {
      client_->after({}, [this, &pending] { end(pending, pending.trial->unbegun()); });
      return;
    }
    client_->start(pending.trial->request(), [this, &pending](Response response) {
      const auto wait = pending.trial->next(config_, response);
      if (!wait) return end(pending, pending.trial->end(response));
      if (retries_.ended) retries_.ended(response);
      client_->after(*wait, [this, &pending] { begin_again(pending); });
    });
  }

  void begin_again(Pending& pending) {
    if (!retries_.due) return begin(pending);
    retries_.due([this, &pending] { begin(pending); });
  }

  void end(Pending& pending, const Response& response) {
    const Done done = std::move(pending.done);
    spare_.push_back(&pending);
    done(response);
  }

  const ClientConfig& config_;
  Retries retries_;              // who takes care of them; none: they go on by themselves
  std::deque<Pending> pending_;  // a deque: entries stay where they are
  std::vector<Pending*> spare_;
  std::unique_ptr<AsyncClient> client_;  // last: its callbacks use the rest
};

template <class Decorated, class Client>
std::unique_ptr<Client> decorate(std::unique_ptr<Client> client, const ClientConfig& config) {
  if (config.retry.retries == 0 && config.deadline == nullptr) return client;
  return std::make_unique<Decorated>(std::move(client), config);
}

}  // namespace

bool past_deadline(const ClientConfig& config) {
  return deadline_of(config) - now_ns() < kLeastTimeNs;
}

std::unique_ptr<BlockingClient> given_up_client(const ClientConfig& config) {
  return std::make_unique<BlockingPolicy>(nullptr, config);
}

bool is_transient(const Response& response) {
  switch (response.outcome) {
    case Outcome::refused:
    case Outcome::reset:
    case Outcome::connect_timeout:
    case Outcome::timeout:
    case Outcome::truncated:
      return true;
    case Outcome::bad_status:
      return is_retried_status(response.status);
    default:
      return false;
  }
}

nanoseconds longest_backoff(const RetryPolicy& policy, unsigned attempt) {
  const double grown =
      static_cast<double>(policy.base.count()) * std::pow(policy.factor, attempt - 1);
  const double longest = std::min(grown, static_cast<double>(policy.cap.count()));
  return nanoseconds(static_cast<std::int64_t>(longest));
}

nanoseconds backoff(const RetryPolicy& policy, std::uint64_t token, unsigned attempt) {
  const double share = unit_share(mix64(attempt_token(token, attempt)));
  const auto longest = static_cast<double>(longest_backoff(policy, attempt).count());
  return nanoseconds(static_cast<std::int64_t>(share * longest));
}

std::unique_ptr<BlockingClient> with_policy(std::unique_ptr<BlockingClient> client,
                                            const ClientConfig& config) {
  return decorate<BlockingPolicy>(std::move(client), config);
}

std::unique_ptr<AsyncClient> with_policy(std::unique_ptr<AsyncClient> client,
                                         const ClientConfig& config) {
  return decorate<AsyncPolicy>(std::move(client), config);
}

}  // namespace fanout
