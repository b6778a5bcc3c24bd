// Asynchronous clients over TLS: many requests, bodies and faults at once.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;

class EveryAsyncTransportTls : public testing::TestWithParam<const Transport*> {
 protected:
  // Makes `count` requests, 50 at once, and counts those that ended `expected`.
  static unsigned drive(const ClientConfig& config, unsigned count, Outcome expected) {
    const AsyncFactory make = async_of(*GetParam())(config);
    const auto client = make(50);
    std::vector<Request> requests;
    for (std::uint32_t i = 0; i < count; ++i) requests.push_back({i, 0, make_token(2, i)});
    unsigned next = 0;
    unsigned as_expected = 0;
    const std::function<void()> start_next = [&] {
      if (next == requests.size()) return;
      client->start(requests[next++], [&](const Response& response) {
        if (response.outcome == expected) ++as_expected;
        start_next();
      });
    };
    for (unsigned i = 0; i < 50; ++i) start_next();
    client->run();
    return as_expected;
  }
};

TEST_P(EveryAsyncTransportTls, KeepsManyInFlight) {
  LocalServer server(HostBehaviour{.delay = {.mean = 20ms}, .tls = Tls::on});
  EXPECT_EQ(drive(server.config(), 200, Outcome::ok), 200U);
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 50U);
  EXPECT_EQ(counters.handshakes, 50U);
  EXPECT_EQ(counters.unique_tokens, 200U);
}

TEST_P(EveryAsyncTransportTls, MovesManyLargeBodiesAtOnce) {
  LocalServer server(HostBehaviour{.body_bytes = 1 << 20, .tls = Tls::on});
  ClientConfig config = server.config();
  config.method = Method::post;
  config.request_body_bytes = 1 << 20;
  EXPECT_EQ(drive(config, 60, Outcome::ok), 60U);
}

TEST_P(EveryAsyncTransportTls, SurvivesManyFaultsAtOnce) {
  const std::array faults{std::pair{FaultKind::reset, Outcome::reset},
                          std::pair{FaultKind::reset_amid_body, Outcome::truncated},
                          std::pair{FaultKind::truncate, Outcome::truncated}};
  for (const auto& [fault, outcome] : faults) {
    LocalServer server(HostBehaviour{.faults = {{fault}}, .tls = Tls::on});
    EXPECT_EQ(drive(server.config(), 100, outcome), 100U) << fault_name(fault);
  }
  LocalServer server(HostBehaviour{.tls = Tls::untrusted});
  EXPECT_EQ(drive(server.config(), 100, Outcome::tls), 100U);
}

TEST_P(EveryAsyncTransportTls, MayBeDestroyedWithHandshakesUnderWay) {
  const auto [listener, port] = listen_on_loopback(64);
  ClientConfig config = config_for({{{"127.0.0.1"}, port}});
  config.targets[0].tls = true;
  const std::array requests{Request{0, 0, make_token(4, 0)}, Request{1, 0, make_token(4, 1)}};
  unsigned calls = 0;
  {
    const AsyncFactory make = async_of(*GetParam())(config);
    const auto client = make(10);
    for (const Request& request : requests) {
      client->start(request, [&](const Response&) { ++calls; });
    }
  }
  EXPECT_EQ(calls, 0U);
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryAsyncTransportTls,
                         testing::ValuesIn(with_tls(networked_async())), row_name);

}  // namespace
}  // namespace fanout::transport_test
