#include "transports/gate.h"

#include <cassert>
#include <cerrno>
#include <ctime>
#include <deque>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/deadline.h"
#include "transports/policy.h"
#include "transports/policy_state.h"
#include "transports/sleep_until.h"

namespace fanout {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t end_of_all(const ClientConfig& config) {
  return config.deadline == nullptr ? kNever : config.deadline->load();
}

// When an attempt may begin: the next slot of the rate, which is so taken. Slots are evenly spaced;
// those that nobody took in time are lost.
std::int64_t take_slot(const ClientConfig& config) {
  if (config.max_rate <= 0) return 0;
  const auto step = static_cast<std::int64_t>(1e9 / config.max_rate);
  std::atomic<std::int64_t>& next = config.policy_state->next_begin_ns;
  std::int64_t slot = next.load();
  std::int64_t taken = 0;
  do {
    taken = std::max(slot, now_ns());
  } while (!next.compare_exchange_weak(slot, taken + step));
  return taken;
}

HostGates::Gate& gate_of(const ClientConfig& config, std::uint32_t target) {
  return config.host_gates->of(target);
}

// When the host may be asked again.
std::int64_t opens_at(const ClientConfig& config, std::uint32_t target) {
  return config.retry.pause_host ? gate_of(config, target).closed_until_ns.load() : 0;
}

// Leaves the host alone for as long as the answer asks, but for no more than a minute: longer
// waits would keep the run's other requests from being made at all.
void heed(const ClientConfig& config, std::uint32_t target, const Response& response) {
  const auto wait = std::min(std::chrono::seconds(response.retry_after_s), kLongestRetryAfter);
  if (!config.retry.pause_host || wait.count() == 0) return;
  const std::int64_t until = now_ns() + std::chrono::nanoseconds(wait).count();
  std::atomic<std::int64_t>& closed = gate_of(config, target).closed_until_ns;
  std::int64_t before = closed.load();
  while (before < until && !closed.compare_exchange_weak(before, until)) {
  }
}

void leave_place(const ClientConfig& config, std::uint32_t target) {
  if (config.per_host > 0) ::sem_post(&gate_of(config, target).places);
}

// Of an attempt that was not made.
Response unmade() { return {.outcome = Outcome::deadline, .attempts = 0}; }

class BlockingGate final : public BlockingClient {
 public:
  BlockingGate(std::unique_ptr<BlockingClient> client, const ClientConfig& config)
      : client_(std::move(client)), config_(config) {}

  Response fetch(const Request& request) override {
    if (!take_place(request.target)) return unmade();
    // Others may be told to leave the host alone while this one waits for its slot, which is then
    // lost: at that time the host takes nothing.
    do {
      wait_until_open(request.target);
      const std::int64_t slot = take_slot(config_);
      if (slot > 0) sleep_until(std::min(slot, end_of_all(config_)));
    } while (is_closed(request.target) && !past_deadline(config_));
    Response response = unmade();
    if (!past_deadline(config_)) {
      const std::int64_t began_ns = now_ns();
      response = client_->fetch(request);
      response.began_ns = began_ns;
      heed(config_, request.target, response);
    }
    leave_place(config_, request.target);
    return response;
  }

 private:
  bool take_place(std::uint32_t target) {
    if (config_.per_host == 0) return true;
    sem_t& places = gate_of(config_, target).places;
    const std::int64_t until = end_of_all(config_);
    const timespec time{.tv_sec = until / kSecond, .tv_nsec = until % kSecond};
    while (::sem_clockwait(&places, CLOCK_MONOTONIC, &time) != 0) {
      if (errno != EINTR) return false;
    }
    return true;
  }

  [[nodiscard]] bool is_closed(std::uint32_t target) const {
    return opens_at(config_, target) > now_ns();
  }

  void wait_until_open(std::uint32_t target) const {
    while (is_closed(target) && !past_deadline(config_)) {
      sleep_until(std::min(opens_at(config_, target), end_of_all(config_)));
    }
  }

  std::unique_ptr<BlockingClient> client_;
  const ClientConfig& config_;
};

class AsyncGate final : public AsyncClient {
 public:
  AsyncGate(std::unique_ptr<AsyncClient> client, const ClientConfig& config)
      : config_(config), hosts_(config.targets.size()), client_(std::move(client)) {}

  void start(const Request& request, Done done) override {
    if (spare_.empty()) spare_.push_back(&held_.emplace_back());
    Held& held = *spare_.back();
    spare_.pop_back();
    held.request = &request;
    held.target = request.target;
    held.done = std::move(done);
    held.state = State::waiting;
    enter(held);
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    client_->after(delay, std::move(callback));
  }
  void run() override { client_->run(); }

  void give_up(const Request& request) override {
    for (Held& held : held_) {
      const bool waits = held.state == State::waiting;
      if (held.request != &request || (!waits && held.state != State::begun)) continue;
      held.state = State::dropped;
      if (waits) return;  // whatever it waits for frees it
      client_->give_up(request);
      return leave(held, {});
    }
  }

 private:
  enum class State : std::uint8_t { spare, waiting, begun, dropped };
  struct Held {
    const Request* request = nullptr;  // of one that was dropped, it may be another by now
    std::uint32_t target = 0;
    Done done;
    std::int64_t began_ns = 0;
    State state = State::spare;
  };
  struct Host {
    std::deque<Held*> waiting;  // for a place
    unsigned in_flight = 0;     // of this client
    bool looks_again = false;
  };

  // Takes a place, or waits for one in the order of arrival.
  void enter(Held& held) {
    Host& host = hosts_[held.target];
    if (config_.per_host > 0 &&
        (!host.waiting.empty() || ::sem_trywait(&gate_of(config_, held.target).places) != 0)) {
      host.waiting.push_back(&held);
      return look_again(held.target);
    }
    ++host.in_flight;
    wait_until_open(held);
  }

  // Places that other clients leave are not announced: one without a request of its own at the host
  // looks every millisecond.
  void look_again(std::uint32_t target) {
    Host& host = hosts_[target];
    if (host.in_flight > 0 || host.looks_again || host.waiting.empty()) return;
    host.looks_again = true;
    client_->after(std::chrono::milliseconds(1), [this, target] {
      hosts_[target].looks_again = false;
      take_on(target);
    });
  }

  // Lets those who wait have the places that there are.
  void take_on(std::uint32_t target) {
    Host& host = hosts_[target];
    while (!host.waiting.empty()) {
      Held& held = *host.waiting.front();
      const bool over = held.state == State::dropped || past_deadline(config_);
      if (!over && ::sem_trywait(&gate_of(config_, target).places) != 0) break;
      host.waiting.pop_front();
      if (over) {
        end(held, unmade());
      } else {
        ++host.in_flight;
        wait_until_open(held);
      }
    }
    look_again(target);
  }

  void wait_until_open(Held& held) {
    const std::int64_t wait =
        std::min(opens_at(config_, held.target), end_of_all(config_)) - now_ns();
    if (wait > 0) return later(wait, [this, &held] { wait_until_open(held); });
    const std::int64_t left = std::min(take_slot(config_), end_of_all(config_)) - now_ns();
    if (left > 0) return later(left, [this, &held] { slot_has_come(held); });
    begin(held);
  }

  // The host may have been closed meanwhile: then the slot is lost.
  void slot_has_come(Held& held) {
    const bool closed = opens_at(config_, held.target) > now_ns();
    if (closed && !past_deadline(config_)) return wait_until_open(held);
    begin(held);
  }

  void later(std::int64_t wait_ns, std::function<void()> callback) {
    client_->after(std::chrono::nanoseconds(wait_ns), std::move(callback));
  }

  void begin(Held& held) {
    if (held.state == State::dropped || past_deadline(config_)) {
      // From the loop, because start() must not call `done`.
      return later(0, [this, &held] { leave(held, unmade()); });
    }
    held.state = State::begun;
    held.began_ns = now_ns();
    client_->start(*held.request, [this, &held](Response response) {
      response.began_ns = held.began_ns;
      heed(config_, held.target, response);
      leave(held, response);
    });
  }

  void leave(Held& held, const Response& response) {
    const std::uint32_t target = held.target;
    --hosts_[target].in_flight;
    leave_place(config_, target);
    end(held, response);
    take_on(target);
  }

  void end(Held& held, const Response& response) {
    const bool told = held.state != State::dropped;
    const Done done = std::move(held.done);
    held.state = State::spare;
    spare_.push_back(&held);
    if (told) done(response);
  }

  const ClientConfig& config_;
  std::vector<Host> hosts_;
  std::deque<Held> held_;  // a deque: entries stay where they are
  std::vector<Held*> spare_;
  std::unique_ptr<AsyncClient> client_;  // last: its callbacks use the rest
};

template <class Decorated, class Client>
std::unique_ptr<Client> decorate(std::unique_ptr<Client> client, const ClientConfig& config) {
  if (!has_gate(config)) return client;
  assert(config.policy_state != nullptr && config.host_gates != nullptr);
  return std::make_unique<Decorated>(std::move(client), config);
}

}  // namespace

bool has_gate(const ClientConfig& config) {
  return config.max_rate > 0 || config.per_host > 0 || config.retry.pause_host;
}

std::unique_ptr<BlockingClient> with_gate(std::unique_ptr<BlockingClient> client,
                                          const ClientConfig& config) {
  return decorate<BlockingGate>(std::move(client), config);
}

std::unique_ptr<AsyncClient> with_gate(std::unique_ptr<AsyncClient> client,
                                       const ClientConfig& config) {
  return decorate<AsyncGate>(std::move(client), config);
}

}  // namespace fanout
