// The client of HTTP/2 and the real server: what the one says of many requests is what the other
// counted.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/async_http2_client.h"
#include "tests/contract/transport_harness.h"
#include "transports/connection_notes.h"

namespace fanout::transport_test {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Each;

class Http2Server : public testing::TestWithParam<Tls> {
 protected:
  static LocalServer serve(HostBehaviour host) {
    host.tls = GetParam();
    return LocalServer({host}, EngineKind::asio, {}, HttpVersion::http2);
  }
  static ClientConfig shared(const LocalServer& server, unsigned workers, unsigned connections) {
    ClientConfig config = server.config();
    config.workers = workers;
    config.connections = connections;
    return config;
  }
};

TEST_P(Http2Server, CountsTheSame) {
  for (const unsigned connections : {0U, 1U, 4U}) {
    LocalServer server = serve({.delay = {.mean = 5ms}});
    const ClientConfig config = shared(server, 40, connections);
    EXPECT_THAT(outcomes(responses_to_all(config, 400, 40)), Each(Outcome::ok));
    const ServerCounters counters = server.stop();
    EXPECT_EQ(counters.connections, connections == 0 ? 40 : connections);
    EXPECT_EQ(counters.unique_tokens, 400U);
    EXPECT_EQ(counters.duplicate_tokens, 0U);
    EXPECT_EQ(counters.answered, 400U);
    EXPECT_EQ(counters.abandoned, 0U);
    EXPECT_EQ(counters.peak_in_flight, 40U);
  }
}

TEST_P(Http2Server, MovesLargeBodiesBothWays) {
  LocalServer server = serve({.body_bytes = 1 << 20});
  ClientConfig config = shared(server, 20, 2);
  config.method = Method::post;
  config.request_body_bytes = 1 << 20;
  EXPECT_THAT(outcomes(responses_to_all(config, 60, 20)), Each(Outcome::ok));
  EXPECT_EQ(server.stop().request_body_bytes, 60U << 20);
}

TEST_P(Http2Server, KeepsWhatIsSharedHoweverFewMayBeIdle) {
  LocalServer server = serve({});
  ClientConfig config = shared(server, 6, 3);
  config.max_idle = 1;
  const std::vector<Request> requests = numbered(12);
  Http2Client client(config, 6);
  unsigned answered = 0;
  for (unsigned i = 0; i < 12; ++i) {
    client->start(requests[i], [&](const Response&) { ++answered; });
    if (i % 6 == 5) client->run();  // all three are idle then
  }
  EXPECT_EQ(answered, 12U);
  EXPECT_EQ(server.stop().connections, 3U);
}

TEST_P(Http2Server, WaitsForItsStreams) {
  LocalServer server = serve({.delay = {.mean = 1ms}, .http2 = {.max_streams = 2}});
  EXPECT_THAT(outcomes(responses_to_all(shared(server, 30, 3), 300, 30)), Each(Outcome::ok));
  const ServerCounters counters = server.stop();
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_LE(counters.peak_in_flight, 6U);
  EXPECT_EQ(counters.unique_tokens, 300U);
}

TEST_P(Http2Server, FollowsItToNewConnections) {
  for (const unsigned streams : {100U, 1U}) {  // one: most requests wait at several connections
    LocalServer server = serve({.close_after = 10, .http2 = {.max_streams = streams}});
    EXPECT_THAT(outcomes(responses_to_all(shared(server, 20, 2), 400, 20)), Each(Outcome::ok));
    const ServerCounters counters = server.stop();
    EXPECT_GE(counters.connections, 40U);
    EXPECT_EQ(counters.unique_tokens, 400U);
    EXPECT_EQ(counters.duplicate_tokens, 0U);
  }
}

TEST_P(Http2Server, HasTheNamesOfItsFaults) {
  const std::array faults{std::pair{FaultKind::reset, Outcome::reset},
                          std::pair{FaultKind::reset_amid_body, Outcome::truncated},
                          std::pair{FaultKind::truncate, Outcome::truncated},
                          std::pair{FaultKind::hang, Outcome::timeout},
                          std::pair{FaultKind::status, Outcome::bad_status},
                          std::pair{FaultKind::connection_loss, Outcome::reset},
                          std::pair{FaultKind::goaway, Outcome::reset}};
  for (const auto& [fault, outcome] : faults) {
    SCOPED_TRACE(fault_name(fault));
    LocalServer server = serve({.body_bytes = 100'000, .faults = {{fault}}});
    ClientConfig config = shared(server, 30, 3);
    config.timeout = fault == FaultKind::hang ? 150ms : 20s;
    EXPECT_THAT(outcomes(responses_to_all(config, 90, 30)), Each(outcome));
    const bool ends_connections = fault == FaultKind::connection_loss || fault == FaultKind::goaway;
    if (!ends_connections) {
      EXPECT_EQ(server.stop().connections, 3U);
    }
  }
}

// Whoever shares a connection with a fault is sent again once, mostly beside it once more.
TEST_P(Http2Server, LosesOnlyWhatSharesAConnectionWithAFault) {
  for (const FaultKind fault : {FaultKind::connection_loss, FaultKind::goaway}) {
    SCOPED_TRACE(fault_name(fault));
    LocalServer server = serve({.delay = {.mean = 2ms}, .faults = {{fault, 0.01}}});
    const auto ends = outcomes(responses_to_all(shared(server, 40, 4), 2'000, 40));
    EXPECT_THAT(ends, Each(AnyOf(Outcome::ok, Outcome::reset)));
    EXPECT_GE(std::ranges::count(ends, Outcome::ok), 1'700);
    const ServerCounters counters = server.stop();
    EXPECT_GE(counters.unique_tokens, std::ranges::count(ends, Outcome::ok));
    EXPECT_EQ(counters.duplicate_tokens, counters.replayed);
  }
}

TEST_P(Http2Server, NotesPhasesOfAConnectionOnce) {
  LocalServer server = serve({.delay = {.mean = 2ms}});
  ConnectionNotes notes{};
  ClientConfig config = shared(server, 10, 1);
  config.watch = true;
  config.connection_notes = &notes;
  EXPECT_THAT(outcomes(responses_to_all(config, 100, 10)), Each(Outcome::ok));
  EXPECT_EQ(notes.phases.answers, 100U);
  EXPECT_GT(notes.phases.connect_ns, 0);
  EXPECT_EQ(notes.phases.handshake_ns > 0, GetParam() == Tls::on);
  EXPECT_GE(notes.phases.first_byte_ns, 100 * 2'000'000);
}

INSTANTIATE_TEST_SUITE_P(Http2, Http2Server, testing::Values(Tls::off, Tls::on),
                         [](const testing::TestParamInfo<Tls>& tls) {
                           return std::string(tls.param == Tls::on ? "tls" : "plain");
                         });

}  // namespace
}  // namespace fanout::transport_test
