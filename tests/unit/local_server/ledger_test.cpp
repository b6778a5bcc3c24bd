#include "local_server/ledger.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "local_server/ledger_json.h"

namespace fanout {
namespace {

TEST(Ledger, StartsEmpty) {
  const ServerCounters counters = Ledger().counters();
  EXPECT_EQ(counters.requests, 0U);
  EXPECT_EQ(counters.peak_in_flight, 0U);
  EXPECT_EQ(counters.hold_ns.max, 0);
}

TEST(Ledger, TellsTokensApart) {
  Ledger ledger;
  EXPECT_EQ(ledger.arrived(1).number, 1U);
  EXPECT_EQ(ledger.arrived(2).number, 2U);
  ledger.arrived(1);
  ledger.arrived(1);
  ledger.arrived(std::nullopt);
  ledger.arrived(0);
  const ServerCounters counters = ledger.counters();
  EXPECT_EQ(counters.requests, 6U);
  EXPECT_EQ(counters.unique_tokens, 3U);
  EXPECT_EQ(counters.duplicate_tokens, 2U);
  EXPECT_EQ(counters.untokened, 1U);
}

TEST(Ledger, PeakInFlightCountsWhatIsNeitherAnsweredNorAbandoned) {
  Ledger ledger;
  ledger.arrived(1);
  ledger.arrived(2);
  ledger.left();
  ledger.arrived(3);
  for (int i = 0; i < 2; ++i) {
    ledger.left();
    ledger.answered(0, 10, 10);
  }
  ledger.arrived(4);
  EXPECT_EQ(ledger.counters().peak_in_flight, 2U);
  EXPECT_EQ(ledger.counters().answered, 2U);
}

TEST(Ledger, CountsWhatIsHeldToTheEndAsAbandoned) {
  Ledger ledger;
  ledger.arrived(1);
  ledger.arrived(2);
  ledger.arrived(3);
  ledger.left();
  ledger.left();
  ledger.answered(0, 10, 10);
  EXPECT_EQ(ledger.counters().abandoned, 2U);
}

TEST(Ledger, TellsTokensSeenBefore) {
  Ledger ledger;
  EXPECT_FALSE(ledger.arrived(1).repeated);
  EXPECT_TRUE(ledger.arrived(1).repeated);
  EXPECT_FALSE(ledger.arrived(std::nullopt).repeated);
}

TEST(Ledger, CountsFaultsByName) {
  Ledger ledger;
  for (const std::uint64_t token : {1U, 2U, 2U}) {
    ledger.faulted(FaultKind::hang, ledger.arrived(token));
  }
  for (int i = 0; i < 3; ++i) ledger.faulted(FaultKind::reset, ledger.arrived(3));
  EXPECT_EQ(ledger.counters().faults,
            (std::map<std::string, std::uint64_t>{{"hang", 2}, {"reset", 1}}));
  EXPECT_EQ(ledger.counters().duplicate_tokens, 3U);
  EXPECT_EQ(ledger.counters().replayed, 2U);
}

// The client of such a request saw the rejection alone.
TEST(Ledger, CountsARejectionInPlaceOfTheFaultThatCameBefore) {
  Ledger ledger;
  ledger.faulted(FaultKind::reset, ledger.arrived(1));
  ledger.rejected(429);
  ledger.rejected_in_place_of(FaultKind::reset, ledger.arrived(1));
  ledger.rejected(429);
  ledger.rejected_in_place_of(FaultKind::reset, ledger.arrived(2));  // had met none before
  const ServerCounters counters = ledger.counters();
  EXPECT_EQ(counters.replayed, 1U);
  EXPECT_EQ(counters.duplicate_tokens, 1U);
  EXPECT_EQ(counters.faults, (std::map<std::string, std::uint64_t>{}));
  EXPECT_EQ(counters.rejected, (std::map<std::string, std::uint64_t>{{"429", 2}}));
}

TEST(Ledger, CountsWhatIsLostWithAnotherAndComesAgain) {
  Ledger ledger;
  for (const std::uint64_t token : {1, 2}) (void)ledger.arrived(token);
  ledger.faulted(FaultKind::reset, ledger.arrived(3));
  for (const std::uint64_t token : {1, 3}) ledger.lost_with_another(token);
  EXPECT_TRUE(ledger.arrived(1).replayed);
  EXPECT_FALSE(ledger.arrived(2).replayed);
  ledger.faulted(FaultKind::reset, ledger.arrived(3));  // counted as one replay, not as two
  const ServerCounters counters = ledger.counters();
  EXPECT_EQ(counters.collateral, 2U);
  EXPECT_EQ(counters.duplicate_tokens, 3U);
  EXPECT_EQ(counters.replayed, 2U);
  EXPECT_EQ(counters.faults.at("reset"), 1U);
}

TEST(Ledger, TakesBackAFaultThatWasLostAndThenRejected) {
  Ledger ledger;
  ledger.faulted(FaultKind::hang, ledger.arrived(1));
  ledger.lost_with_another(1);
  ledger.rejected_in_place_of(FaultKind::hang, ledger.arrived(1));
  EXPECT_EQ(ledger.counters().replayed, 1U);
  EXPECT_TRUE(ledger.counters().faults.empty());
}

TEST(Ledger, HoldErrorIsWhatExceedsTheIntention) {
  Ledger ledger;
  for (const std::int64_t hold : {110, 120, 130}) {
    ledger.arrived(std::nullopt);
    ledger.answered(0, hold, 100);
  }
  const ServerCounters counters = ledger.counters();
  EXPECT_EQ(counters.hold_ns.p50, 120);
  EXPECT_EQ(counters.hold_ns.max, 130);
  EXPECT_EQ(counters.hold_error_ns.p50, 20);
  EXPECT_EQ(counters.hold_error_ns.p99, 30);
  EXPECT_DOUBLE_EQ(counters.hold_error_ns.mean, 20);
}

// What two loops count in turns is what one would have counted.
TEST(Ledger, AddsUpToWhatOneWouldHaveCounted) {
  for (const bool shares_tokens : {false, true}) {
    SharedBooks books(shares_tokens);
    Ledger first(&books);
    Ledger second(&books);
    Ledger one;
    const auto arrive = [&](Ledger& loop, std::uint64_t token) {
      for (Ledger* ledger : {&loop, &one}) {
        const Arrival arrival = ledger->arrived(token);
        ledger->asked("GET", token);
        if (shares_tokens) ledger->faulted(FaultKind::reset, arrival);
      }
    };
    const auto answer = [&](Ledger& loop, std::int64_t leaving_ns) {
      for (Ledger* ledger : {&loop, &one}) {
        ledger->left();
        ledger->answered(0, leaving_ns, 10);
      }
    };
    for (Ledger* ledger : {&second, &one}) ledger->connected(5);
    for (Ledger* ledger : {&first, &one}) ledger->connected(6);
    for (const std::uint64_t token : {1U, 2U}) arrive(first, token);
    for (const std::uint64_t token : {2U, 3U}) arrive(second, token);
    for (Ledger* ledger : {&second, &one}) ledger->rejected(429);
    answer(second, 100);
    answer(first, 50);
    arrive(first, 4);
    first.add(second);
    EXPECT_EQ(nlohmann::json(first.counters()), nlohmann::json(one.counters()));
    EXPECT_EQ(one.counters().peak_in_flight, 4U);
    EXPECT_EQ(one.counters().abandoned, 3U);
  }
}

TEST(ServerCountersJson, RoundTrips) {
  const ServerCounters counters{.connections = 1,
                                .requests = 2,
                                .answered = 3,
                                .unique_tokens = 4,
                                .duplicate_tokens = 5,
                                .replayed = 21,
                                .untokened = 6,
                                .abandoned = 17,
                                .collateral = 22,
                                .handshakes = 18,
                                .resumed = 19,
                                .faults = {{"reset", 20}},
                                .peak_in_flight = 7,
                                .hold_ns = {8.5, 9, 10, 11},
                                .hold_error_ns = {12.5, 13, 14, 15},
                                .cpu_ns = 16,
                                .http2 = Http2Counters{1, 2, 3, 4, 5, 6, 7, 8, 9}};
  const nlohmann::json json = counters;
  EXPECT_EQ(json["hold_ns"]["p99"], 10);
  EXPECT_EQ(json["http2"]["stalls"], 9);
  EXPECT_EQ(nlohmann::json(json.get<ServerCounters>()), json);
  EXPECT_THROW((void)nlohmann::json::object().get<ServerCounters>(), nlohmann::json::exception);
}

}  // namespace
}  // namespace fanout
