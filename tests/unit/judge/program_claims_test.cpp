// An external program's word against the server's, on measurements made up by hand.
#include "harness/judge/program_claims.h"
#include "harness/judge/execution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using unit_test::kMs;
using unit_test::kReady;

// 2 requests of 20 ms, one after the other.
class ProgramWord : public testing::Test {
 protected:
  ProgramWord() {
    scenario.requests = 2;
    scenario.server().hosts[0].delay.mean = 20ms;
    samples = {answered(1, 22), answered(22, 43)};
    execution.header.ready_ns = kReady;
    execution.server = ServerCounters{.connections = 1,
                                      .requests = 2,
                                      .answered = 2,
                                      .methods = {{"GET", 2}},
                                      .first_connection_ns = kReady + 1 * kMs,
                                      .last_answer_ns = kReady + 43 * kMs};
  }

  static Sample answered(std::int64_t start_ms, std::int64_t end_ms) {
    return {.start_ns = kReady + start_ms * kMs,
            .end_ns = kReady + end_ms * kMs,
            .outcome = Outcome::ok,
            .attempts = 1};
  }

  std::vector<std::string> doubts() {
    execution.samples = samples;
    return contradicted_by_server(execution, scenario);
  }

  Scenario scenario;
  std::vector<Sample> samples;
  Execution execution;
};

TEST_F(ProgramWord, IsTakenWhereTheServerAgrees) { EXPECT_THAT(doubts(), IsEmpty()); }

TEST_F(ProgramWord, IsNotTakenWhereItConnectedEarly) {
  execution.server->first_connection_ns = kReady - 1;
  EXPECT_THAT(doubts(), ElementsAre("the program connected before `go`"));
}

TEST_F(ProgramWord, IsNotTakenForAnswersTheServerNeverGave) {
  execution.server->answered = 1;
  EXPECT_THAT(doubts(),
              ElementsAre("the server answered 1 request, the program says 2 were answered"));
}

TEST_F(ProgramWord, IsNotTakenWhereItAskedForSomethingElse) {
  execution.server->methods = {{"GET", 1}, {"HEAD", 1}};
  EXPECT_THAT(doubts(), ElementsAre("1 of 2 requests were GET"));
  scenario.method = Method::post;
  scenario.request_body_bytes = 10;
  execution.server->methods = {{"POST", 2}};
  execution.server->request_body_bytes = 19;
  EXPECT_THAT(doubts(),
              ElementsAre("the server received 19 bytes of request bodies, 20 are right"));
  execution.server->request_body_bytes = 20;
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(ProgramWord, IsNotTakenWhereItKeptConnectionsThatWereToBeNew) {
  scenario.reuse = false;
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("2 requests came on 1 connection")));
  execution.server->connections = 2;
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(ProgramWord, IsNotTakenForRequestsThatWereTooShort) {
  samples[1] = answered(26, 43);  // 17 ms of at least 20
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("1 request ended")));
  samples[1].outcome = Outcome::timeout;  // those may be short
  EXPECT_THAT(doubts(), IsEmpty());
}

TEST_F(ProgramWord, IsNotTakenWhereTheServerWasStillAnswering) {
  execution.server->last_answer_ns = kReady + 49 * kMs;
  EXPECT_THAT(doubts(), ElementsAre(HasSubstr("6.00 ms before the server's last answer left")));
  execution.server->abandoned = 1;  // that answer may have been for nobody
  EXPECT_THAT(doubts(), IsEmpty());
}

}  // namespace
}  // namespace fanout
