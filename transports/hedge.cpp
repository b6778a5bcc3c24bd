#include "transports/hedge.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/histogram.h"
#include "transports/path.h"
#include "transports/policy.h"
#include "transports/policy_state.h"
#include "transports/retried.h"
#include "wire/token.h"

namespace fanout {
namespace {

using std::chrono::nanoseconds;

// After how long a request is late: a fixed time, or a percentile of what this client saw.
class Lateness {
 public:
  explicit Lateness(const HedgePolicy& policy) : policy_(policy) {}

  void saw(std::int64_t latency_ns) {
    if (policy_.percentile <= 0) return;
    seen_.add(latency_ns);
    if (seen_.count() >= kEnough && seen_.count() % kEvery == 0) {
      known_ = nanoseconds(seen_.quantile(policy_.percentile / 100));
    }
  }
  // Nothing: too little was seen yet.
  [[nodiscard]] std::optional<nanoseconds> after() const {
    return policy_.percentile > 0 ? known_ : policy_.after;
  }

 private:
  static constexpr std::uint64_t kEnough = 40;
  static constexpr std::uint64_t kEvery = 20;

  const HedgePolicy& policy_;
  Histogram seen_;
  std::optional<nanoseconds> known_;
};

class Hedging final : public AsyncClient {
 public:
  Hedging(std::unique_ptr<AsyncClient> client, const ClientConfig& config)
      : config_(config), lateness_(config.hedge), client_(std::move(client)) {}

  void start(const Request& request, Done done) override {
    if (spare_.empty()) spare_.push_back(&flights_.emplace_back());
    Flight& flight = *spare_.back();
    spare_.pop_back();
    flight.attempts = {request, request};
    if (!has_listed_paths(config_)) flight.attempts[1].token = attempt_token(request.token, 1);
    flight.done = std::move(done);
    flight.failed = std::nullopt;
    flight.hedged = false;
    flight.began_ns = now_ns();
    config_.policy_state->hedges.earn(config_.hedge.budget);
    begin(flight, 0);
    const auto late = lateness_.after();
    const bool may = config_.hedge.post || may_repeat(config_, request.token);
    if (!late || !may) return;
    dues_.push_back({flight.began_ns + late->count(), &flight, flight.number});
    look_later();
  }
  void after(nanoseconds delay, std::function<void()> callback) override {
    client_->after(delay, std::move(callback));
  }
  void run() override { client_->run(); }

 private:
  struct Flight {
    std::array<Request, 2> attempts{};
    Done done;
    std::optional<Response> failed;  // the end of the attempt that failed while the other goes on
    std::int64_t began_ns = 0;
    std::uint64_t number = 0;  // counts up when a request has ended
    bool hedged = false;
  };

  // When a request is late, unless it has ended by then.
  struct Due {
    std::int64_t at_ns;
    Flight* flight;
    std::uint64_t number;  // of the request, which the flight may have left behind

    [[nodiscard]] bool is_over() const { return flight->number != number; }
  };

  // One timer for all, set to the earliest. It is short, because it keeps the loop from ending when
  // all requests have.
  void look_later() {
    while (!dues_.empty() && dues_.front().is_over()) dues_.pop_front();
    if (looks_ || dues_.empty()) return;
    constexpr std::int64_t kLongest = 100'000'000;
    looks_ = true;
    const auto left = std::clamp<std::int64_t>(dues_.front().at_ns - now_ns(), 0, kLongest);
    client_->after(nanoseconds(left), [this] {
      looks_ = false;
      hedge_late_ones();
      look_later();
    });
  }

  void hedge_late_ones() {
    const std::int64_t now = now_ns();
    while (!dues_.empty() && dues_.front().at_ns <= now) {
      const Due due = dues_.front();
      dues_.pop_front();
      if (!due.is_over()) hedge(*due.flight);
    }
  }

  void begin(Flight& flight, unsigned which) {
    client_->start(flight.attempts[which], [this, &flight, which](const Response& response) {
      ended(flight, which, response);
    });
  }

  void hedge(Flight& flight) {
    if (!config_.policy_state->hedges.take()) {
      ++config_.policy_state->hedges_denied;
      return;
    }
    flight.hedged = true;
    begin(flight, 1);
  }

  // The first that succeeds ends the request; of two that fail, the last.
  void ended(Flight& flight, unsigned which, Response response) {
    if (response.outcome != Outcome::ok && flight.hedged && !flight.failed) {
      flight.failed = response;
      return;
    }
    const bool other_goes_on = flight.hedged && !flight.failed;
    if (other_goes_on) client_->give_up(flight.attempts[1 - which]);
    if (flight.hedged) {
      response.attempts = 2;
      response.hedged = true;
      response.hedge_won = which == 1;
      // How the other ended, if it did by itself. What the deadline of all requests ended was given
      // up, whatever the transport calls it.
      if (flight.failed && !past_deadline(config_)) {
        response.retried = note_attempt(0, 0, {flight.failed->outcome, flight.failed->status});
      }
      // The request began with its first attempt.
      response.began_ns = response.began_ns == 0 ? 0 : flight.began_ns;
    }
    if (response.outcome == Outcome::ok) lateness_.saw(now_ns() - flight.began_ns);
    close(flight)(response);
  }

  Done close(Flight& flight) {
    ++flight.number;
    spare_.push_back(&flight);
    return std::move(flight.done);
  }

  const ClientConfig& config_;
  Lateness lateness_;
  std::deque<Flight> flights_;  // a deque: entries stay where they are
  std::vector<Flight*> spare_;
  std::deque<Due> dues_;                 // in the order of their beginnings
  bool looks_ = false;                   // a timer is set
  std::unique_ptr<AsyncClient> client_;  // last: its callbacks use the rest
};

bool hedges(const ClientConfig& config) { return config.hedge.budget > 0; }

}  // namespace

std::unique_ptr<AsyncClient> with_hedge(std::unique_ptr<AsyncClient> client,
                                        const ClientConfig& config) {
  if (!hedges(config)) return client;
  assert(config.policy_state != nullptr);
  return std::make_unique<Hedging>(std::move(client), config);
}

}  // namespace fanout
