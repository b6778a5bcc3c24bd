// Whom a host's limit takes on, and how its limit is written.
#include "local_server/limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "local_server/behaviour.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using Answer = Admission::Answer;
using testing::HasSubstr;
using unit_test::kMs;
using unit_test::usage_error;

constexpr std::int64_t kSecondNs = 1'000 * kMs;

ServerLimit of_rate(double rate, unsigned burst) {
  return {.figures = {.rate = rate, .burst = burst}};
}
ServerLimit of_concurrency(unsigned places, unsigned queue = 0) {
  return {.figures = {.concurrency = places}, .queue = queue};
}

// How many of so many that arrive evenly over a time are served.
unsigned served(Admission& admission, std::int64_t from_ns, std::int64_t span_ns, unsigned count) {
  unsigned taken = 0;
  for (unsigned i = 0; i < count; ++i) {
    const std::int64_t at = from_ns + span_ns * i / count;
    if (admission.arrive(at, 0) != Answer::serve) continue;
    admission.leave();
    ++taken;
  }
  return taken;
}

TEST(AdmissionByRate, BeginsWithAFullBucketAndFillsItEvenly) {
  Admission admission(of_rate(100, 20));
  EXPECT_EQ(served(admission, 0, 0, 50), 20U);
  EXPECT_EQ(served(admission, 0, 10 * kSecondNs, 5'000), 1'000U - 1);  // the first came too soon
  EXPECT_EQ(served(admission, 60 * kSecondNs, 0, 50), 20U) << "no more is saved than the burst";
}

TEST(AdmissionByRate, ChangesOnceAtItsTime) {
  ServerLimit limit = of_rate(100, 1);
  limit.change_after = 2s;
  limit.changed = {.rate = 10, .burst = 1};
  Admission admission(limit);
  EXPECT_NEAR(served(admission, 0, 2 * kSecondNs, 2'000), 200, 1);
  EXPECT_NEAR(served(admission, 2 * kSecondNs, 10 * kSecondNs, 10'000), 100, 1);
}

TEST(AdmissionByConcurrency, RejectsBeyondItsPlacesAndItsQueue) {
  Admission admission(of_concurrency(2, 1));
  EXPECT_EQ(admission.arrive(0, 0), Answer::serve);
  EXPECT_EQ(admission.arrive(0, 0), Answer::serve);
  EXPECT_EQ(admission.arrive(0, 0), Answer::wait);
  EXPECT_EQ(admission.arrive(0, 0), Answer::reject);
  EXPECT_FALSE(admission.take_waiting(0)) << "there is no place yet";
  admission.leave();
  EXPECT_TRUE(admission.take_waiting(0));
  EXPECT_EQ(admission.served(), 2U);
  EXPECT_EQ(admission.arrive(0, 0), Answer::wait);
  admission.stop_waiting();
  admission.leave();
  EXPECT_FALSE(admission.take_waiting(0)) << "nobody waits any more";
  EXPECT_EQ(admission.arrive(0, 0), Answer::serve);
}

TEST(AdmissionByConcurrency, TakesNobodyOnUntilEnoughHaveLeftAfterADrop) {
  ServerLimit limit = of_concurrency(4, 10);
  limit.change_after = 1s;
  limit.changed = {.concurrency = 1};
  Admission admission(limit);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(admission.arrive(0, 0), Answer::serve);
  EXPECT_EQ(admission.arrive(2 * kSecondNs, 0), Answer::wait);
  for (int i = 0; i < 3; ++i) {
    admission.leave();
    EXPECT_FALSE(admission.take_waiting(2 * kSecondNs));
  }
  admission.leave();
  EXPECT_TRUE(admission.take_waiting(2 * kSecondNs));
}

TEST(AdmissionByConcurrency, RejectsAShareOfThoseForWhomThereIsNoPlace) {
  ServerLimit limit = of_concurrency(1);
  limit.share = 0.3;
  Admission admission(limit);
  EXPECT_EQ(admission.arrive(0, 0.1), Answer::serve);
  EXPECT_EQ(admission.arrive(0, 0.29), Answer::reject);
  EXPECT_EQ(admission.arrive(0, 0.31), Answer::serve);
  EXPECT_EQ(admission.served(), 2U);
}

// Loops read their clocks before they have their turn.
TEST(AdmissionByRate, TakesATimeThatRunsBackwardsForTheLast) {
  ServerLimit limit = of_rate(1, 2);
  limit.change_after = 10s;
  limit.changed = {.rate = 1, .burst = 2};
  limit.figures.rate = std::nullopt;
  Admission admission(limit);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(admission.arrive(10 * kSecondNs, 0), Answer::serve);
  EXPECT_EQ(admission.arrive(10 * kSecondNs - 5, 0), Answer::reject) << "the bucket is empty";
  EXPECT_EQ(admission.arrive(10 * kSecondNs, 0), Answer::reject) << "and is not filled twice";
  EXPECT_EQ(admission.arrive(11 * kSecondNs, 0), Answer::serve);
}

TEST(AdmissionByBoth, TakesNoTokenFromWhomItRejects) {
  ServerLimit limit = of_rate(1, 2);
  limit.figures.concurrency = 1;
  Admission admission(limit);
  EXPECT_EQ(admission.arrive(0, 0), Answer::serve);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admission.arrive(0, 0), Answer::reject);
  admission.leave();
  EXPECT_EQ(admission.arrive(0, 0), Answer::serve) << "the second token is still there";
}

TEST(LeastTime, IsWhatTheBucketHasNotInTheBeginning) {
  EXPECT_DOUBLE_EQ(least_time_ns(of_rate(100, 20), 20), 0);
  EXPECT_DOUBLE_EQ(least_time_ns(of_rate(100, 20), 1020), 10e9);
  EXPECT_DOUBLE_EQ(least_time_ns(of_concurrency(1), 1000), 0);
  ServerLimit slower = of_rate(100, 1);
  slower.change_after = 2s;
  slower.changed = {.rate = 50, .burst = 1};
  EXPECT_DOUBLE_EQ(least_time_ns(slower, 101), 1e9);
  EXPECT_DOUBLE_EQ(least_time_ns(slower, 301), 4e9);
}

// A server of one host with this limit.
ServerConfig with_limit(const std::string& limit) {
  return server_config_from_json(nlohmann::json::parse(R"({"hosts": [{"limit": )" + limit + "}]}"));
}

TEST(LimitJson, IsWrittenAsItIsRead) {
  const std::string text = R"({"rate": 100, "burst": 20, "concurrency": 8, "queue": 4,
      "status": 503, "retry_after": "2s", "then": {"after": "2s", "rate": 50}})";
  const ServerConfig config = with_limit(text);
  const ServerLimit& limit = *config.hosts[0].limit;
  EXPECT_EQ(limit.figures.rate, 100);
  EXPECT_EQ(limit.changed.rate, 50);
  EXPECT_EQ(limit.changed.concurrency, 8U) << "what is not named stays";
  EXPECT_EQ(limit.retry_after_s, 2U);
  const nlohmann::json written = to_json(config);
  EXPECT_EQ(to_json(server_config_from_json(written)), written);
  EXPECT_EQ(to_json(ServerConfig{})["hosts"][0]["limit"], nullptr);
}

TEST(LimitJson, RefusesWhatMakesNoSenseAndNamesTheKey) {
  const auto error = [](const std::string& limit) {
    return usage_error([&] { with_limit(limit); });
  };
  const std::string at = "server.hosts[0].limit";
  EXPECT_THAT(error("{}"), HasSubstr(at + ": expected a rate, a concurrency or both"));
  EXPECT_THAT(error(R"({"rate": 0})"), HasSubstr(at + ".rate: expected requests per second"));
  EXPECT_THAT(error(R"({"rate": 5, "queue": 3})"),
              HasSubstr(at + ".queue: expected a concurrency"));
  EXPECT_THAT(error(R"({"rate": 5, "share": 0.5})"), HasSubstr(at + ".share: expected a concurr"));
  EXPECT_THAT(error(R"({"concurrency": 5, "burst": 3})"),
              HasSubstr(at + ".burst: expected a rate"));
  EXPECT_THAT(error(R"({"rate": 5, "status": 500})"),
              HasSubstr(at + ".status: expected 429 or 503"));
  EXPECT_THAT(error(R"({"rate": 5, "retry_after": "1500ms"})"), HasSubstr("whole seconds"));
  EXPECT_THAT(error(R"({"rate": 5, "then": {"rate": 9}})"), HasSubstr("a change needs its time"));
  EXPECT_THAT(error(R"({"rate": 5, "then": {"after": "1s", "concurrency": 9}})"),
              HasSubstr("a change of what the limit has before"));
  EXPECT_THAT(error(R"({"rat": 5})"), HasSubstr(at + ".rat: unknown key"));
}

TEST(LimitJson, NeedsAStatusOfItsOwnAndTheAsioEngine) {
  const auto error = [](const std::string& text) {
    return usage_error([&] { server_config_from_json(nlohmann::json::parse(text)); });
  };
  EXPECT_THAT(error(R"({"hosts": [{"limit": {"rate": 5},
                        "faults": [{"kind": "status", "status": 429, "share": 0.1}]}]})"),
              HasSubstr("another status than 429, which is that of its limit"));
  EXPECT_THAT(error(R"({"hosts": [{"status": 503, "limit": {"rate": 5, "status": 503}}]})"),
              HasSubstr("server.hosts[0].status: expected another status than 503"));
  EXPECT_THAT(error(R"({"engine": "httplib", "hosts": [{"limit": {"rate": 5}}]})"),
              HasSubstr("use engine asio"));
}

}  // namespace
}  // namespace fanout
