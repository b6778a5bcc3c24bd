#include "harness/analysis/protocols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analysis/analysis.h"
#include "harness/print/render_protocols.h"
#include "tests/unit/sample_report.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using unit_test::about;
using unit_test::add_cell;
using unit_test::bare_report;

// Adds a row that speaks HTTP/2; its server counted so many connections.
void add_http2(Report& report, unsigned connections, double ms,
               const char* strategy = "event_loop") {
  add_cell(report, strategy, 10, about(ms));
  CellReport& row = report.cells.back();
  row.cell.http = HttpVersion::http2;
  row.cell.connections = connections;
  for (fanout::Run& run : row.runs) {
    run.server.emplace(ServerCounters{.connections = connections, .requests = 100});
    run.server->http2 =
        Http2Counters{.connections = connections, .peak_streams = 5, .header_bytes_in = 2000};
  }
}

TEST(Protocols, AreComparedAtEqualNumbersOfRequestsInFlight) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 2, 50);
  add_cell(report, "event_loop", 100, about(100));
  const auto found = protocols_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].workers, 10U);
  ASSERT_EQ(found[0].rows.size(), 2U);
  EXPECT_THAT(in_words(found[0].verdicts.front()),
              ElementsAre("by makespan, 10 requests in flight:", "  1. HTTP/2 over 2 connections",
                          HasSubstr("HTTP/2 over 2 connections is 2.00x faster than HTTP/1.1 over "
                                    "10 connections")));
}

TEST(Protocols, AreNotMixedIntoTheRanksOfStrategies) {
  Report report = bare_report();
  add_cell(report, "thread_pool", 10, about(100));
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 2, 50);
  for (const Verdict& verdict : verdicts_of(report, report.plan.scenarios[0])) {
    for (const CellReport* cell : verdict.cells) EXPECT_EQ(cell->cell.http, HttpVersion::http1);
  }
  const Analysis analysis = analyse(report);
  ASSERT_TRUE(analysis.scenarios[0].recommendation);
  const std::vector<std::string>& lines = analysis.scenarios[0].recommendation->answer.lines;
  EXPECT_THAT(lines.front(), Not(HasSubstr("h2")));
}

TEST(Protocols, AreNothingWhereAllSpeakTheSame) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_cell(report, "event_loop", 20, about(50));
  EXPECT_THAT(protocols_of(report, report.plan.scenarios[0]), IsEmpty());
}

TEST(Protocols, TellWhatTheServerCountedOfConnections) {
  Report report = bare_report();
  add_http2(report, 2, 50);
  add_http2(report, 5, 50);
  const auto found = protocols_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(found.size(), 1U);
  const ProtocolRow& row = found[0].rows.front();
  EXPECT_EQ(row.connections, 2);
  EXPECT_EQ(row.streams_at_once, 5);
  EXPECT_EQ(row.header_bytes_in, 20);
}

TEST(Protocols, NameRowsThatAreLeftOut) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 2, 50);
  CellReport& broken = report.cells.back();
  for (fanout::Run& run : broken.runs) run.valid = false;
  broken.summary = summarize(broken.runs);
  const auto found = protocols_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].rows.size(), 1U);
  EXPECT_THAT(found[0].verdicts, IsEmpty());
  ASSERT_EQ(found[0].left_out.size(), 1U);
  EXPECT_EQ(found[0].left_out[0].reason, "invalid runs");
  EXPECT_THAT(render_protocols(found, to_text),
              HasSubstr("left out: HTTP/2 over 2 connections (invalid runs)"));
}

std::string best_of(const Report& report) {
  return best_version(protocols_of(report, report.plan.scenarios[0]), report.cells[0].cell);
}

TEST(Protocols, RecommendTheFewestConnectionsOfThoseThatAreNotToldApart) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 5, 49.9);
  add_http2(report, 2, 50);
  EXPECT_THAT(best_of(report), HasSubstr("HTTP/2 over 2 connections is 2.00x faster"));
}

// Noise that keeps it from being told apart from either.
TEST(Protocols, RecommendNoneThatIsNotToldApartFromHttp1) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 5, 90);
  add_http2(report, 1, 95);
  auto& noisy = report.cells.back().runs;
  for (std::size_t i = 0; i < noisy.size(); ++i) {
    noisy[i].makespan_ns = (i % 2 == 0 ? 60 : 130) * 1'000'000;
  }
  EXPECT_THAT(best_of(report), HasSubstr("HTTP/2 over 5 connections is 1.11x faster"));
}

TEST(Protocols, SayThatNoVersionIsBetterThanHttp1) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  add_http2(report, 2, 100.1);
  EXPECT_EQ(best_of(report),
            "With 10 requests in flight, no version is faster or cheaper than HTTP/1.1 over 10 "
            "connections.");
}

TEST(Protocols, AreHeldAgainstEachOtherByMediansWhereNothingIsRanked) {
  Report report = bare_report();
  add_cell(report, "event_loop", 10, about(100));
  report.cells.back().runs.resize(3);
  add_http2(report, 2, 50);
  report.cells.back().runs.resize(3);
  EXPECT_THAT(best_of(report), StartsWith("By medians, not ranked: with 10 requests in flight, "
                                          "HTTP/2 over 2 connections is 2.00x faster"));
  report.cells.pop_back();
  add_http2(report, 2, 99);
  report.cells.back().runs.resize(3);
  EXPECT_THAT(best_of(report), HasSubstr("no version is faster or cheaper than HTTP/1.1"));
}

TEST(Protocols, SayNothingOfHttp1WhereItTookNoPart) {
  Report report = bare_report();
  add_http2(report, 2, 50);
  add_http2(report, 5, 100);
  const auto found = protocols_of(report, report.plan.scenarios[0]);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(best_version(found, report.cells[0].cell), "");
  add_cell(report, "event_loop", 10, about(200));
  EXPECT_THAT(
      best_version(protocols_of(report, report.plan.scenarios[0]), report.cells[0].cell),
      StartsWith("With 10 requests in flight, HTTP/2 over 2 connections is 4.00x faster than "
                 "HTTP/1.1 over 10 connections; no version is cheaper."));
}

}  // namespace
}  // namespace fanout
