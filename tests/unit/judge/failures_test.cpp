#include "harness/judge/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transports/retried.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class Failures : public testing::Test {
 protected:
  void add(Outcome outcome, std::uint16_t status, std::string_view why = {}) {
    samples.push_back({.status = status,
                       .outcome = outcome,
                       .starts = 1,
                       .finishes = 1,
                       .attempts = 1,
                       .words = words.note(why)});
    execution.samples = samples;
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> texts;
    for (const FailureKind& kind : failure_kinds(execution, scenario)) {
      texts.push_back(std::to_string(kind.count) + " " + name_of(kind) + " " + kind.words);
    }
    return texts;
  }

  FailureWords words;
  std::vector<Sample> samples;
  Execution execution{.failure_words = &words};
  Scenario scenario;
};

TEST_F(Failures, AreToldApartByStatusOutcomeAndWords) {
  add(Outcome::ok, 200);
  add(Outcome::bad_status, 503);
  for (int i = 0; i < 3; ++i) add(Outcome::bad_status, 404);
  add(Outcome::protocol, 0, "not HTTP");
  add(Outcome::protocol, 200, "not HTTP");  // the status of what was no answer tells nothing apart
  add(Outcome::protocol, 0);
  EXPECT_THAT(kinds(), ElementsAre("3 404 ", "2 protocol not HTTP", "1 503 ", "1 protocol "));
}

TEST_F(Failures, AreHandedOverInOrderAsLongAsTheyAreWanted) {
  add(Outcome::bad_status, 404);
  add(Outcome::ok, 200);
  add(Outcome::tls, 0, "TLS alert");
  add(Outcome::reset, 0);
  std::vector<std::string> seen;
  each_failed(execution, scenario, [&](const FailedRequest& failed) {
    seen.push_back(std::to_string(failed.index) + " " + failed.outcome + " " + failed.words);
    return seen.size() < 2;
  });
  EXPECT_THAT(seen, ElementsAre("0 bad_status ", "2 tls TLS alert"));
}

TEST_F(Failures, LeaveOutWhatTheEndOfModeSteadyLeftOver) {
  scenario.mode = Mode::steady;
  execution.steady = SteadyWindow{.begin_ns = 0, .end_ns = 1};
  add(Outcome::deadline, 0);
  samples.back().end_ns = 2;
  EXPECT_THAT(kinds(), IsEmpty());
}

TEST_F(Failures, StatusesAreCountedOfEveryAttemptThatWasAnswered) {
  add(Outcome::ok, 200);
  add(Outcome::bad_status, 404);
  add(Outcome::bad_length, 200);
  add(Outcome::truncated, 200);  // no whole answer
  add(Outcome::refused, 0);
  add(Outcome::ok, 200);
  Sample& retried = samples.back();
  std::uint8_t k = 0;
  for (const RetriedAttempt& attempt : {RetriedAttempt{Outcome::bad_status, 503},
                                        {Outcome::reset, 0},
                                        {Outcome::bad_status, 429},
                                        {Outcome::bad_status, 502},
                                        {Outcome::bad_status, 504},
                                        {Outcome::bad_status, 503}}) {
    retried.retried = note_attempt(retried.retried, k, attempt);
    EXPECT_EQ(retried_attempt(retried.retried, k).outcome, attempt.outcome);
    retried.attempts = ++k + 1;
  }
  EXPECT_THAT(count_statuses(execution),
              ElementsAre(Pair("200", 3), Pair("404", 1), Pair("429", 1), Pair("502", 1),
                          Pair("503", 2), Pair("504", 1)));
}

}  // namespace
}  // namespace fanout
