#include "harness/plan/protocol_cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/plan/make_plan.h"
#include "harness/plan/references.h"
#include "harness/plan/selection.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using unit_test::kAmple;

// A scenario over TLS, where every library can speak both versions.
Selection both(std::vector<unsigned> connections) {
  return {.scenarios = {"protocols"},
          .workers = {10},
          .http = {HttpVersion::http1, HttpVersion::http2},
          .connections = std::move(connections)};
}

std::vector<std::string> rows_of(const Plan& plan, const std::string& scenario = "protocols") {
  std::vector<std::string> rows;
  for (const Cell& cell : plan.cells) {
    if (cell.scenario == scenario) rows.push_back(cell.strategy + " / " + transport_text(cell));
  }
  return rows;
}

Plan plan_of(Selection selection, std::vector<std::string> strategies,
             std::vector<std::string> transports) {
  selection.strategies = std::move(strategies);
  selection.transports = std::move(transports);
  return make_plan(selection, kAmple, {});
}

TEST(ProtocolCells, AreOneForEachNumberOfConnections) {
  const Plan plan = plan_of(both({1, 4, kOneForEach}), {"event_loop"}, {"curl_asio"});
  EXPECT_THAT(rows_of(plan),
              ElementsAre("event_loop / curl_asio", "event_loop / curl_asio h2 x 1",
                          "event_loop / curl_asio h2 x 4", "event_loop / curl_asio h2 x W"));
  EXPECT_EQ(streams_of(plan.cells[2]), 3U);  // of 10 requests
  EXPECT_EQ(expected_connections(plan.cells[2], plan.scenarios[0]), 4U);
  EXPECT_EQ(expected_connections(plan.cells[3], plan.scenarios[0]), 10U);
}

TEST(ProtocolCells, AreSharedByDefaultWhereRequestsCanShare) {
  Selection selection = both({});
  selection.scenarios = {"two-sites"};
  EXPECT_THAT(rows_of(plan_of(selection, {"event_loop"}, {"nghttp2_async"}), "two-sites"),
              ElementsAre("event_loop / nghttp2_async h2 x 1"));
  EXPECT_THAT(rows_of(plan_of(selection, {"thread_pool"}, {"curl_easy"}), "two-sites"),
              ElementsAre("thread_pool / curl_easy", "thread_pool / curl_easy h2 x W"));
}

TEST(ProtocolCells, AreSkippedWhereRequestsCannotShare) {
  const Plan plan = plan_of(both({2, 20, kOneForEach}), {"thread_pool", "event_loop"},
                            {"curl_easy", "nghttp2_async"});
  std::string reasons;
  for (const Skipped& one : plan.skipped) reasons += one.why.text + "\n";
  EXPECT_THAT(reasons, HasSubstr("thread_pool has a connection for each worker"));
  EXPECT_THAT(reasons, HasSubstr("10 requests in flight cannot use 20 connections"));
}

TEST(ProtocolCells, AreSkippedWhereALibraryWouldOpenFewer) {
  const Plan plan = plan_of(both({4, 6}), {"event_loop"}, {"curl_asio", "nghttp2_async"});
  EXPECT_THAT(rows_of(plan), ElementsAre("event_loop / curl_asio", "event_loop / curl_asio h2 x 4",
                                         "event_loop / nghttp2_async h2 x 4",
                                         "event_loop / nghttp2_async h2 x 6"));
  const auto skipped =
      std::ranges::find(plan.skipped, 6U, [](const Skipped& one) { return one.cell.connections; });
  ASSERT_NE(skipped, plan.skipped.end());
  EXPECT_EQ(skipped->why.text,
            "curl_asio would open 5 connections for 10 requests in flight; use a number that "
            "divides them");
}

TEST(ProtocolCells, NameAVersionThatATransportLacksWhereItIsTheOnlyOne) {
  Selection selection = both({});
  selection.http = {HttpVersion::http2};
  selection.strategies = {"event_loop"};
  selection.transports = {"beast_async", "nghttp2_async"};
  const Plan plan = make_plan(selection, kAmple, {});
  ASSERT_FALSE(plan.skipped.empty());
  EXPECT_EQ(plan.skipped[0].why.text, "beast_async speaks HTTP/1.1 alone; leave out --http 2");
  // Of both versions it has the one that it speaks.
  selection.http = {HttpVersion::http1, HttpVersion::http2};
  EXPECT_THAT(make_plan(selection, kAmple, {}).skipped, IsEmpty());
}

TEST(ProtocolCells, SayWhyThereAreNoneRatherThanWhichPairsNeverAre) {
  for (const auto& [http, transport, reason] :
       {std::tuple{HttpVersion::http2, "beast_async", "speaks HTTP/1.1 alone; leave out --http 2"},
        std::tuple{HttpVersion::http1, "nghttp2_async", "speaks HTTP/2 alone; give --http 2"}}) {
    const Selection selection{.transports = {transport}, .http = {http}};
    try {
      (void)make_plan(selection, kAmple, {});
      FAIL() << transport;
    } catch (const NothingToRun& error) {
      EXPECT_THAT(error.what(),
                  HasSubstr(std::string("nothing to run: ") + transport + " " + reason));
    }
  }
}

TEST(ProtocolCells, HaveAFloorOfTheirOwn) {
  Plan plan = plan_of(both({2}), {"event_loop"}, {"nghttp2_async"});
  plan.rounds = 10;
  add_references(plan);
  const auto floor = std::ranges::find(plan.references, Role::floor, &Reference::role);
  ASSERT_NE(floor, plan.references.end());
  EXPECT_EQ(transport_text(floor->cell), "nghttp2_async h2 x 1");
  const auto ceiling = std::ranges::find(plan.references, Role::ceiling, &Reference::role);
  ASSERT_NE(ceiling, plan.references.end());
  const Scenario& at_once = scenario_of(plan, ceiling->cell);
  EXPECT_EQ(at_once.server().hosts[0].tls, Tls::on);
  EXPECT_EQ(mean_of(at_once.server().hosts[0].delay).count(), 0);
}

TEST(ProtocolCells, NeedConnectionsForEachLoop) {
  const Plan plan = plan_of(both({}), {"multi_loop"}, {"nghttp2_async"});
  ASSERT_EQ(plan.cells.front().strategy, "multi_loop");
  EXPECT_GE(plan.cells.front().connections, 2U);
}

}  // namespace
}  // namespace fanout
