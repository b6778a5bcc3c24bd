// What clients hold back: attempts a second, attempts to a host, hosts that want to be left alone.
#include "transports/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "tests/unit/transports/late_client.h"
#include "transports/deadline.h"
#include "transports/policy_state.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using unit_test::LateClient;

constexpr std::int64_t kMs = 1'000'000;

class Gate : public testing::Test {
 protected:
  Gate() { config.targets.resize(2); }
  void prepare() {
    config.policy_state = &state;
    config.host_gates = &gates.emplace(config.targets.size(), config.per_host);
  }
  // Makes these requests at once on one loop, each of which takes so long.
  std::vector<Response> make(std::chrono::nanoseconds each, const std::vector<Request>& requests) {
    auto inner = std::make_unique<LateClient>(each);
    loop = inner.get();
    loop->answer = answer;
    const auto client = with_gate(std::unique_ptr<AsyncClient>(std::move(inner)), config);
    std::vector<Response> responses;
    for (const Request& request : requests) {
      client->start(request, [&](const Response& response) { responses.push_back(response); });
    }
    client->run();
    peak = loop->peak;
    begun_ns = loop->begun_ns;
    return responses;
  }
  static std::vector<Request> requests(std::uint32_t count, std::uint32_t hosts = 1) {
    std::vector<Request> made;
    for (std::uint32_t i = 0; i < count; ++i) made.push_back({i, i % hosts, i});
    return made;
  }

  ClientConfig config;
  PolicyState state{};
  std::optional<HostGates> gates;
  LateClient* loop = nullptr;
  Response answer{.outcome = Outcome::ok, .status = 200};
  unsigned peak = 0;
  std::vector<std::int64_t> begun_ns;
};

TEST_F(Gate, IsNotThereWithoutAPolicy) {
  auto inner = std::make_unique<LateClient>(1ms);
  AsyncClient* const before = inner.get();
  EXPECT_EQ(with_gate(std::unique_ptr<AsyncClient>(std::move(inner)), config).get(), before);
}

TEST_F(Gate, BeginsNoMoreAttemptsASecondThanAllowed) {
  config.max_rate = 1000;
  prepare();
  const auto responses = make(1ms, requests(20));
  EXPECT_EQ(responses.size(), 20U);
  for (std::size_t i = 1; i < begun_ns.size(); ++i) {
    // The first may begin a little after the moment that it took.
    EXPECT_GT(begun_ns[i] - begun_ns[0], static_cast<std::int64_t>(i - 1) * kMs);
  }
  for (const Response& response : responses) EXPECT_NE(response.began_ns, 0);
}

TEST_F(Gate, CountsTheAttemptsOfAllThreads) {
  config.max_rate = 1000;
  prepare();
  const std::int64_t start = now_ns();
  const auto ten = [&] {
    const auto client = with_gate(
        std::unique_ptr<BlockingClient>(std::make_unique<unit_test::LateBlockingClient>(0ms)),
        config);
    for (const Request& request : requests(10)) (void)client->fetch(request);
  };
  {
    const std::jthread one(ten);
    const std::jthread other(ten);
  }
  EXPECT_GE(now_ns() - start, 19 * kMs);
}

TEST_F(Gate, KeepsEachHostToItsPlaces) {
  config.per_host = 3;
  prepare();
  EXPECT_EQ(make(2ms, requests(20)).size(), 20U);
  EXPECT_EQ(peak, 3U);
  EXPECT_EQ(make(2ms, requests(20, 2)).size(), 20U);
  EXPECT_EQ(peak, 6U);
}

TEST_F(Gate, SharesAHostsPlacesAmongLoops) {
  config.per_host = 2;
  prepare();
  std::atomic<unsigned> ended = 0;
  std::atomic<int> in_flight = 0;
  std::atomic<int> most = 0;
  const auto run_loop = [&] {
    auto inner = std::make_unique<LateClient>(1ms);
    inner->in_all = &in_flight;
    inner->most_in_all = &most;
    const auto client = with_gate(std::unique_ptr<AsyncClient>(std::move(inner)), config);
    const auto list = requests(15);
    for (const Request& request : list) client->start(request, [&](const Response&) { ++ended; });
    client->run();
  };
  {
    const std::jthread one(run_loop);
    const std::jthread other(run_loop);
  }
  EXPECT_EQ(ended, 30U);
  EXPECT_LE(most, 2);
}

TEST_F(Gate, SharesAHostsPlacesAmongThreads) {
  config.per_host = 2;
  prepare();
  std::atomic<int> in_flight = 0;
  std::atomic<int> most = 0;
  const auto five = [&] {
    auto inner = std::make_unique<unit_test::LateBlockingClient>(1ms);
    inner->in_all = &in_flight;
    inner->most_in_all = &most;
    const auto client = with_gate(std::unique_ptr<BlockingClient>(std::move(inner)), config);
    for (const Request& request : requests(5)) {
      EXPECT_EQ(client->fetch(request).outcome, Outcome::ok);
    }
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < 5; ++i) threads.emplace_back(five);
  threads.clear();
  EXPECT_EQ(most, 2);
}

TEST_F(Gate, LeavesAHostAloneThatAsksForIt) {
  config.retry.pause_host = true;
  config.per_host = 1;
  prepare();
  answer = {.outcome = Outcome::bad_status, .status = 429, .retry_after_s = 1};
  const std::int64_t start = now_ns();
  EXPECT_EQ(make(1ms, requests(2)).size(), 2U);
  EXPECT_GE(now_ns() - start, 1000 * kMs);
  EXPECT_EQ(gates->of(1).closed_until_ns, 0) << "the other host was not asked";
}

// Some wait for their slots already when the host asks to be left alone.
TEST_F(Gate, LeavesAHostAloneThoughSlotsWereTaken) {
  config.retry.pause_host = true;
  config.max_rate = 100;
  prepare();
  answer = {.outcome = Outcome::bad_status, .status = 429, .retry_after_s = 1};
  EXPECT_EQ(make(1ms, requests(3)).size(), 3U);
  EXPECT_GE(begun_ns[1] - begun_ns[0], 1000 * kMs);
  EXPECT_GE(begun_ns[2] - begun_ns[1], 9 * kMs) << "and the rate is kept after the pause";

  const std::int64_t opens_ns = now_ns() + 200 * kMs;
  const auto client = with_gate(
      std::unique_ptr<BlockingClient>(std::make_unique<unit_test::LateBlockingClient>(0ms)),
      config);
  state.next_begin_ns = now_ns() + 100 * kMs;
  const std::jthread other([&] { gates->of(0).closed_until_ns = opens_ns; });
  EXPECT_EQ(client->fetch({0, 0, 0}).outcome, Outcome::ok);
  EXPECT_GE(now_ns(), opens_ns);
}

TEST_F(Gate, LeavesAHostAloneThatAsksForLongerThanARunWaits) {
  config.retry.pause_host = true;
  config.per_host = 1;
  prepare();
  std::atomic<std::int64_t> deadline = now_ns() + 50 * kMs;
  config.deadline = &deadline;
  answer = {.outcome = Outcome::bad_status, .status = 429, .retry_after_s = 3600};
  const auto responses = make(1ms, requests(2));
  ASSERT_EQ(responses.size(), 2U);
  EXPECT_EQ(responses[1].attempts, 0);
  EXPECT_LE(gates->of(0).closed_until_ns, now_ns() + 60'000 * kMs);
}

TEST_F(Gate, MakesNoAttemptAfterTheDeadlineOfAll) {
  config.per_host = 1;
  config.max_rate = 1;
  prepare();
  std::atomic<std::int64_t> deadline = now_ns() + 30 * kMs;
  config.deadline = &deadline;
  const auto responses = make(1ms, requests(3));
  ASSERT_EQ(responses.size(), 3U);
  EXPECT_EQ(std::ranges::count(responses, Outcome::deadline, &Response::outcome), 2);
  EXPECT_EQ(std::ranges::count(responses, 0, &Response::attempts), 2);
  const auto client = with_gate(
      std::unique_ptr<BlockingClient>(std::make_unique<unit_test::LateBlockingClient>(0ms)),
      config);
  EXPECT_EQ(client->fetch({0, 0, 0}).attempts, 0);
}

TEST_F(Gate, FreesThePlaceOfWhatIsGivenUp) {
  config.per_host = 1;
  prepare();
  auto inner = std::make_unique<LateClient>(1h);
  LateClient& late = *inner;
  const auto client = with_gate(std::unique_ptr<AsyncClient>(std::move(inner)), config);
  const auto list = requests(3);
  unsigned ended = 0;
  for (const Request& request : list) client->start(request, [&](const Response&) { ++ended; });
  client->after(1ms, [&] {
    late.each = 1ms;
    client->give_up(list[1]);  // waits for a place
    client->give_up(list[0]);  // has it
  });
  client->run();
  EXPECT_EQ(ended, 1U);
  EXPECT_EQ(late.begun_ns.size(), 2U);
}

// A hedge's request lies where the next one will lie.
TEST_F(Gate, KnowsWhomItFreesThoughItsRequestIsAnotherByNow) {
  config.per_host = 2;
  config.max_rate = 100;  // so that the second has its place and waits for its turn
  prepare();
  auto inner = std::make_unique<LateClient>(5ms);
  const auto client = with_gate(std::unique_ptr<AsyncClient>(std::move(inner)), config);
  const Request first{0, 0, 0};
  Request reused{1, 0, 1};
  unsigned ended = 0;
  const auto count = [&](const Response& response) {
    ended += response.outcome == Outcome::ok ? 1 : 0;
  };
  client->start(first, count);
  client->start(reused, [](const Response&) { ADD_FAILURE() << "it was given up"; });
  client->after(1ms, [&] {
    client->give_up(reused);
    reused = {2, 1, 2};
    client->start(reused, count);
  });
  client->run();
  EXPECT_EQ(ended, 2U);
  for (const std::uint32_t host : {0U, 1U}) {
    int places = 0;
    ::sem_getvalue(&gates->of(host).places, &places);
    EXPECT_EQ(places, 2) << host;
  }
}

}  // namespace
}  // namespace fanout
