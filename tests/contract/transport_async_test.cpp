// What every asynchronous client promises beyond one request at a time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

class EveryAsyncTransport : public testing::TestWithParam<const Transport*> {
 protected:
  std::unique_ptr<AsyncClient> make(const ClientConfig& config, unsigned slots) {
    factory_ = async_of(*GetParam())(config);
    return factory_(slots);
  }

 private:
  AsyncFactory factory_;
};

// Makes `count` requests, `width` at once, and counts those that ended `expected`.
unsigned drive(AsyncClient& client, unsigned count, unsigned width, unsigned targets,
               Outcome expected) {
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < count; ++i) requests.push_back({i, i % targets, make_token(2, i)});
  unsigned next = 0;
  unsigned as_expected = 0;
  const std::function<void()> start_next = [&] {
    if (next == requests.size()) return;
    client.start(requests[next++], [&](const Response& response) {
      if (response.outcome == expected) ++as_expected;
      start_next();
    });
  };
  for (unsigned i = 0; i < width; ++i) start_next();
  EXPECT_EQ(as_expected, 0U) << "done called from within start";
  client.run();
  return as_expected;
}

TEST_P(EveryAsyncTransport, OpensAsManyConnectionsAsRequestsAreInFlight) {
  LocalServer server(HostBehaviour{.delay = {.mean = 5ms}});
  ClientConfig config = server.config();
  const auto client = make(config, 50);
  EXPECT_EQ(drive(*client, 200, 50, 1, Outcome::ok), 200U);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 50U);
  EXPECT_EQ(counters.unique_tokens, 200U);
  EXPECT_EQ(counters.peak_in_flight, 50U);
}

TEST_P(EveryAsyncTransport, OpensAConnectionForEachRequestWithoutReuse) {
  LocalServer server(HostBehaviour{});
  ClientConfig config = server.config();
  config.reuse = false;
  const auto client = make(config, 50);
  EXPECT_EQ(drive(*client, 200, 50, 1, Outcome::ok), 200U);
  EXPECT_EQ(server.stop().connections, 200U);
}

TEST_P(EveryAsyncTransport, SharesItsSlotsAmongTargets) {
  LocalServer server(std::vector<HostBehaviour>(4));
  ClientConfig config = server.config();
  const auto client = make(config, 10);
  EXPECT_EQ(drive(*client, 400, 10, 4, Outcome::ok), 400U);
  const ServerCounters counters = server.stop();
  EXPECT_LE(counters.connections, 40U);
  EXPECT_EQ(counters.unique_tokens, 400U);
}

TEST_P(EveryAsyncTransport, KeepsConnectionsFromOneRunToTheNext) {
  LocalServer server(HostBehaviour{.delay = {.mean = 5ms}});
  ClientConfig config = server.config();
  const auto client = make(config, 5);
  client->run();  // nothing to do: returns
  EXPECT_EQ(drive(*client, 20, 5, 1, Outcome::ok), 20U);
  EXPECT_EQ(drive(*client, 20, 5, 1, Outcome::ok), 20U);
  EXPECT_EQ(server.stop().connections, 5U);
}

TEST_P(EveryAsyncTransport, MovesLargeBodiesAtOnce) {
  LocalServer server(HostBehaviour{.body_bytes = 1 << 20});
  ClientConfig config = server.config();
  config.method = Method::post;
  config.request_body_bytes = 1 << 20;
  const auto client = make(config, 20);
  EXPECT_EQ(drive(*client, 40, 20, 1, Outcome::ok), 40U);
}

// More than a client hands over to the kernel at once, or has buffers for.
TEST_P(EveryAsyncTransport, MakesManyRequestsAtOnce) {
  LocalServer server(HostBehaviour{.body_bytes = 20'000});
  ClientConfig config = server.config();
  config.method = Method::post;
  config.request_body_bytes = 10;
  const auto client = make(config, 400);
  EXPECT_EQ(drive(*client, 1200, 400, 1, Outcome::ok), 1200U);
  EXPECT_EQ(server.stop().connections, 400U);
}

TEST_P(EveryAsyncTransport, MayBeMadeOnOneThreadAndRunOnAnother) {
  LocalServer server(HostBehaviour{});
  const ClientConfig config = server.config();
  const auto client = make(config, 2);
  const Request request{0, 0, make_token(7, 0)};
  Response first;
  client->start(request, [&](const Response& response) { first = response; });
  std::thread([&] { client->run(); }).join();
  EXPECT_EQ(first.outcome, Outcome::ok);
}

// libcurl closes sockets that it gives up while they connect without a word: their descriptors come
// back for others.
TEST_P(EveryAsyncTransport, SurvivesManyConnectsThatTimeOut) {
  const auto [listener, port] = listen_on_loopback(0);  // accepts nothing; its queue is soon full
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  config.timeout = 100ms;
  config.connect_timeout = 20ms;
  const auto client = make(config, 10);
  // One or two that find room in the queue are connected, and wait for an answer.
  EXPECT_GE(drive(*client, 60, 10, 1, Outcome::connect_timeout), 55U);
}

TEST_P(EveryAsyncTransport, SurvivesManyFaultsAtOnce) {
  const std::array faults{std::pair{FaultKind::reset_amid_body, Outcome::truncated},
                          std::pair{FaultKind::truncate, Outcome::truncated},
                          std::pair{FaultKind::hang, Outcome::timeout}};
  for (const auto& [fault, outcome] : faults) {
    LocalServer server(HostBehaviour{.faults = {{fault}}});
    ClientConfig config = server.config();
    config.timeout = fault == FaultKind::hang ? 100ms : 20s;
    const auto client = make(config, 30);
    EXPECT_EQ(drive(*client, 90, 30, 1, outcome), 90U);
  }
  const auto [bound, port] = refuse_on_loopback();
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  EXPECT_EQ(drive(*make(config, 30), 90, 30, 1, Outcome::refused), 90U);
}

TEST_P(EveryAsyncTransport, CallsBackAfterDelaysInTheirOrder) {
  const ClientConfig config = config_for({});
  const auto client = make(config, 30);
  std::vector<int> order;
  const std::int64_t start = now_ns();
  std::int64_t last = 0;
  client->after(40ms, [&] {
    order.push_back(3);
    last = now_ns();
  });
  client->after(20ms, [&] {
    order.push_back(2);
    client->after(50ms, [&] { order.push_back(4); });
  });
  client->after(0ns, [&] { order.push_back(1); });
  EXPECT_TRUE(order.empty()) << "called from within after";
  client->run();
  EXPECT_THAT(order, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_GE(last - start, 40'000'000);
}

TEST_P(EveryAsyncTransport, StartsRequestsFromCallbacks) {
  LocalServer server(HostBehaviour{.delay = {.mean = 20ms}});
  ClientConfig config = server.config();
  const auto client = make(config, 2);
  const std::array requests{Request{0, 0, make_token(3, 0)}, Request{1, 0, make_token(3, 1)}};
  unsigned ok = 0;
  const auto count = [&](const Response& response) {
    if (response.outcome == Outcome::ok) ++ok;
  };
  client->after(1ms, [&] { client->start(requests[0], count); });
  client->after(10ms, [&] { client->start(requests[1], count); });
  client->run();
  EXPECT_EQ(ok, 2U);
}

TEST_P(EveryAsyncTransport, GivesARequestUpAtOnceAndTellsNobody) {
  LocalServer server(HostBehaviour{.delay = {.mean = 50ms}});
  ClientConfig config = server.config();
  const auto client = make(config, 3);
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < 4; ++i) requests.push_back({i, 0, make_token(6, i)});
  std::vector<std::uint32_t> answered;
  const auto start = [&](std::uint32_t i) {
    client->start(requests[i], [&, i](const Response& response) {
      EXPECT_EQ(response.outcome, Outcome::ok);
      answered.push_back(i);
    });
  };
  for (std::uint32_t i = 0; i < 3; ++i) start(i);
  client->after(10ms, [&] {
    client->give_up(requests[1]);
    client->give_up(requests[1]);  // it is not under way any more
    start(3);                      // there is a slot for it
  });
  client->run();
  EXPECT_THAT(answered, testing::UnorderedElementsAre(0, 2, 3));
  const ServerCounters counters = server.stop();
  EXPECT_LE(counters.abandoned, 1U);
  EXPECT_GE(counters.unique_tokens, 3U);
}

TEST_P(EveryAsyncTransport, MayBeDestroyedWithRequestsUnderWay) {
  LocalServer server(HostBehaviour{.faults = {{FaultKind::hang}}});
  ClientConfig config = server.config();
  config.timeout = 20s;
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < 10; ++i) requests.push_back({i, 0, make_token(4, i)});
  unsigned calls = 0;
  const auto client = make(config, 10);
  for (const Request& request : requests) {
    client->start(request, [&](const Response&) { ++calls; });
  }
  EXPECT_EQ(calls, 0U);
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryAsyncTransport, testing::ValuesIn(networked_async()),
                         row_name);

}  // namespace
}  // namespace fanout::transport_test
