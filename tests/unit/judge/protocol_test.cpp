// Whether a run over HTTP/2 is doubted exactly when its requests did not share connections as
// meant.
#include "harness/judge/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// 40 requests, 10 at a time, over 2 connections.
struct Shared : testing::Test {
  Shared() {
    scenario.requests = 40;
    execution.server = ServerCounters{.connections = 2, .requests = 40};
    http2() = {.connections = 2, .streams = 40, .peak_streams = 5};
    execution.server->peak_in_flight = cell.workers;
    run.requests.attempts = 40;
  }
  Http2Counters& http2() {
    if (!execution.server->http2) execution.server->http2.emplace();
    return *execution.server->http2;
  }
  HostBehaviour& host() { return scenario.server().hosts[0]; }
  [[nodiscard]] std::vector<std::string> doubts() const {
    return doubts_about_protocol(execution, run, cell, scenario);
  }

  Cell cell{.strategy = "event_loop",
            .transport = "nghttp2_async",
            .workers = 10,
            .http = HttpVersion::http2,
            .connections = 2};
  Scenario scenario;
  Execution execution;
  fanout::Run run;
};

TEST_F(Shared, AsMeant) {
  EXPECT_THAT(doubts(), IsEmpty());
  cell.http = HttpVersion::http1;
  execution.server->http2.reset();
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(Shared, ByTooManyOrTooFew) {
  http2().connections = execution.server->connections = 3;
  EXPECT_THAT(doubts(), ElementsAre("opened 3 connections, its requests are to share 2"));
  http2().connections = execution.server->connections = 1;
  EXPECT_THAT(doubts(), ElementsAre("opened 1 connection, its requests are to share 2"));
  http2() = {.connections = 2, .streams = 40, .peak_streams = 6};
  execution.server->connections = 2;
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("6 requests were in flight at once on one")));
}

TEST_F(Shared, ByFewerWhereFewerAreInFlight) {
  execution.server->peak_in_flight = 3;
  http2().connections = execution.server->connections = 1;
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(Shared, IsNotHeldAgainstWhatReplacesConnections) {
  host().close_after = 10;
  http2() = {.connections = 4, .streams = 40, .peak_streams = 10};
  execution.server->connections = 5;  // one was given up while it was opened
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(Shared, SpeaksNothingElse) {
  http2().connections = 1;
  EXPECT_THAT(doubts(), testing::Contains("1 of 2 connections spoke no HTTP/2"));
  host().close_after = 10;
  EXPECT_THAT(doubts(), IsEmpty());
  http2().streams = 39;
  EXPECT_THAT(doubts(), ElementsAre("1 of 40 requests came over no HTTP/2"));
  execution.server->http2.reset();
  EXPECT_THAT(doubts(), ElementsAre("40 of 40 requests came over no HTTP/2"));
}

TEST_F(Shared, MayGiveUpTheConnectionOfASecondAttempt) {
  scenario.hedge.budget = 0.1;
  cell.connections = 0;
  http2() = {.connections = 10, .streams = 43, .peak_streams = 1};
  execution.server->connections = 12;
  EXPECT_THAT(doubts(), ElementsAre("2 of 12 connections spoke no HTTP/2"));
  run.hedges = Hedges{3, 1};
  EXPECT_THAT(doubts(), IsEmpty());
  http2().connections = execution.server->connections = 23;  // 20 at once, and one for each of 3
  EXPECT_THAT(doubts(), IsEmpty());
  http2().connections = execution.server->connections = 24;
  EXPECT_THAT(doubts(), ElementsAre("opened 24 connections, its requests are to share 20"));
  cell.connections = 2;
  http2() = {.connections = 1, .streams = 43, .peak_streams = 10};  // a second is kept for those
  EXPECT_THAT(doubts(), IsEmpty());
}

}  // namespace
}  // namespace fanout
