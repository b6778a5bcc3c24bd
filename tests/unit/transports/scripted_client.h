// Clients that answer as a test says: what the tests of retries share.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "transports/policy.h"

namespace fanout::unit_test {

using namespace std::chrono_literals;

// Answers with the next of these, the last again and again; notes what it was asked.
struct Script {
  std::deque<Response> answers;
  std::vector<std::uint64_t> tokens;
  std::vector<std::int64_t> at_ns;
  std::vector<std::chrono::nanoseconds> waits;  // asked of the asynchronous client

  Response next(const Request& request) {
    tokens.push_back(request.token);
    at_ns.push_back(now_ns());
    Response answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }
};

class ScriptedBlocking : public BlockingClient {
 public:
  explicit ScriptedBlocking(Script& script) : script_(script) {}
  Response fetch(const Request& request) override { return script_.next(request); }

 private:
  Script& script_;
};

// A loop whose time passes at once.
class ScriptedAsync : public AsyncClient {
 public:
  explicit ScriptedAsync(Script& script) : script_(script) {}
  void start(const Request& request, Done done) override {
    queue_.emplace_back(
        [this, token = request, done = std::move(done)] { done(script_.next(token)); });
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    script_.waits.push_back(delay);
    queue_.push_back(std::move(callback));
  }
  void run() override {
    while (!queue_.empty()) {
      const auto callback = std::move(queue_.front());
      queue_.pop_front();
      callback();
    }
  }

 private:
  Script& script_;
  std::deque<std::function<void()>> queue_;
};

inline constexpr Request kRequest{3, 0, 42};

class Policy : public testing::Test {
 protected:
  Policy() { config.retry = {.retries = 3, .base = 1ms, .factor = 2, .cap = 3ms}; }
  Response blocking() {
    return with_policy(std::make_unique<ScriptedBlocking>(script), config)->fetch(kRequest);
  }
  Response async() {
    const auto client =
        with_policy(std::unique_ptr<AsyncClient>(std::make_unique<ScriptedAsync>(script)), config);
    Response response;
    int calls = 0;
    client->start(kRequest, [&](const Response& ended) {
      response = ended;
      ++calls;
    });
    EXPECT_EQ(calls, 0) << "done called from within start";
    client->run();
    EXPECT_EQ(calls, 1);
    return response;
  }
  // On the clients of both kinds.
  void both(const std::function<void(Response (Policy::*)())>& test) {
    const Script before = script;
    for (const auto fetch : {&Policy::blocking, &Policy::async}) {
      SCOPED_TRACE(fetch == &Policy::blocking ? "blocking" : "asynchronous");
      script = before;
      test(fetch);
    }
  }

  static inline const Response kOk{.outcome = Outcome::ok, .status = 200};
  static inline const Response kReset{.outcome = Outcome::reset};
  static Response status(std::uint16_t code, std::uint32_t retry_after_s = 0) {
    return {.outcome = Outcome::bad_status, .status = code, .retry_after_s = retry_after_s};
  }

  ClientConfig config;
  Script script;
};

}  // namespace fanout::unit_test
