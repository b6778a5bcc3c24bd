// Clients that answer after a set time, without a network, and count what is in flight.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/transport.h"

namespace fanout::unit_test {

inline void note_most(std::atomic<int>* now, std::atomic<int>* most) {
  if (now == nullptr) return;
  const int count = ++*now;
  int seen = most->load();
  while (count > seen && !most->compare_exchange_weak(seen, count)) {
  }
}

class LateBlockingClient : public BlockingClient {
 public:
  explicit LateBlockingClient(std::chrono::nanoseconds each) : each_(each) {}
  Response fetch(const Request&) override {
    note_most(in_all, most_in_all);
    std::this_thread::sleep_for(each_);
    if (in_all != nullptr) --*in_all;
    return {.outcome = Outcome::ok, .status = 200};
  }

  std::atomic<int>* in_all = nullptr;  // of all clients
  std::atomic<int>* most_in_all = nullptr;

 private:
  std::chrono::nanoseconds each_;
};

// A loop that really waits.
class LateClient : public AsyncClient {
 public:
  explicit LateClient(std::chrono::nanoseconds time) : each(time) {}

  void start(const Request& request, Done done) override {
    begun_ns.push_back(now_ns());
    note_most(in_all, most_in_all);
    peak = std::max(peak, ++in_flight_);
    const auto time = each_of ? each_of(request) : each;
    const auto due =
        due_.emplace(now_ns() + time.count(), [this, &request, done = std::move(done)] {
          under_way_.erase(&request);
          left();
          Response response = answer;
          if (answer_of) response = answer_of(request);
          done(response);
        });
    under_way_.emplace(&request, due);
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    due_.emplace(now_ns() + delay.count(), std::move(callback));
  }
  void run() override {
    while (!due_.empty()) {
      const std::int64_t left_ns = due_.begin()->first - now_ns();
      if (left_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(left_ns));
      const auto callback = due_.extract(due_.begin());
      callback.mapped()();
    }
  }
  void give_up(const Request& request) override {
    const auto found = under_way_.find(&request);
    if (found == under_way_.end()) return;
    due_.erase(found->second);
    under_way_.erase(found);
    left();
    ++given_up;
  }

  std::chrono::nanoseconds each;
  std::function<std::chrono::nanoseconds(const Request&)> each_of;  // in place of `each`
  Response answer{.outcome = Outcome::ok, .status = 200};
  std::function<Response(const Request&)> answer_of;  // in place of `answer`
  std::vector<std::int64_t> begun_ns;
  unsigned peak = 0;
  unsigned given_up = 0;
  std::atomic<int>* in_all = nullptr;  // of all clients
  std::atomic<int>* most_in_all = nullptr;

 private:
  using Due = std::multimap<std::int64_t, std::function<void()>>;

  void left() {
    --in_flight_;
    if (in_all != nullptr) --*in_all;
  }

  Due due_;
  std::map<const Request*, Due::iterator> under_way_;
  unsigned in_flight_ = 0;
};

}  // namespace fanout::unit_test
