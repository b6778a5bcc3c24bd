// What observations become: each part of a host, from observations made up for it.
#include "harness/recording/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As many requests, every other one on a new connection; a new connection took 10 ms, and an answer
// that and 5 ms more.
Observations recorded(std::size_t count, const std::function<void(std::size_t, Observation&)>& say,
                      bool tls = false) {
  Observations seen{.hosts = {{.name = "http://api", .tls = tls}}};
  for (std::size_t i = 0; i < count; ++i) {
    Observation one{.on_kept_connection = i % 2 == 0, .connected = i % 2 == 1 || i == 0};
    if (one.connected) one.connect = 10ms;
    one.first_byte = 15ms;
    one.status = 200;
    one.body_bytes = 100;
    one.http_version = 11;
    if (say) say(i, one);
    seen.all.push_back(one);
  }
  return seen;
}

HostFit fitted_host(std::size_t count, const std::function<void(std::size_t, Observation&)>& say,
                    bool tls = false) {
  return fit(recorded(count, say, tls)).at(0);
}

std::string refusal(const Observations& seen) {
  try {
    (void)fit(seen);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(RoundTripOf, IsTheMedianOfTheSmallerHalf) {
  EXPECT_EQ(round_trip_of({}), std::nullopt);
  EXPECT_EQ(round_trip_of({7ms}), 7ms);
  EXPECT_EQ(round_trip_of({90ms, 3ms, 2ms, 1ms, 80ms, 70ms}), 2ms);
  EXPECT_EQ(round_trip_of({4ms, 3ms, 2ms, 1ms, 80ms, 70ms, 60ms, 50ms}), 2ms);
}

TEST(CloseAfter, TakesNoIdlenessForARule) {
  const auto after = [](nanoseconds idle, bool says_close) {
    const std::vector<Observation> all(
        20, {.connected = true, .idle = idle, .status = 200, .says_close = says_close});
    return close_after_of(all);
  };
  EXPECT_EQ(after(100ms, false), 1U);
  EXPECT_EQ(after(600ms, false), std::nullopt);
  EXPECT_EQ(after(600ms, true), 1U);
}

TEST(Thinned, KeepsTheQuantiles) {
  std::vector<int> values(1000);
  for (int i = 0; i < 1000; ++i) values[static_cast<std::size_t>(i)] = i;
  EXPECT_THAT(thinned(values, 4), ElementsAre(124, 374, 624, 874));
  EXPECT_EQ(thinned(values, 1000), values);
  EXPECT_EQ(thinned(values, 10).size(), 10U);
  EXPECT_EQ(quantile(values, 0), 0);
  EXPECT_EQ(quantile(values, 0.5), 499);
  EXPECT_EQ(quantile(values, 0.99), 989);
  EXPECT_EQ(quantile(values, 1), 999);
}

TEST(Fit, TakesTheRoundTripFromTheTimeToTheFirstByte) {
  const HostFit host = fitted_host(40, [](std::size_t i, Observation& one) {
    if (i % 4 == 0) one.first_byte = 110ms;
    if (i == 1) one.first_byte = 2ms;  // less than a round trip
  });
  EXPECT_EQ(host.behaviour.rtt, 10ms);
  EXPECT_EQ(host.behaviour.handshake_trips, 1U);
  ASSERT_EQ(host.behaviour.delay.kind, Delay::Kind::list);
  EXPECT_EQ(host.behaviour.delay.values.size(), 39U);
  EXPECT_EQ(host.behaviour.delay.values.front(), 0ms);
  EXPECT_EQ(host.behaviour.delay.values.at(20), 5ms - kLocalPath);
  EXPECT_EQ(host.behaviour.delay.values.back(), 100ms - kLocalPath);
  EXPECT_EQ(host.behaviour.body_bytes, 100U);
  EXPECT_THAT(host.behaviour.body_sizes, IsEmpty());
  EXPECT_THAT(host.behaviour.faults, IsEmpty());
  EXPECT_THAT(host.left_out, IsEmpty());
}

TEST(Fit, ThinsWhatIsTooMany) {
  const HostFit host = fitted_host(10'000, [](std::size_t i, Observation& one) {
    one.first_byte = 10ms + i * 1us;
    one.body_bytes = i;
  });
  EXPECT_EQ(host.behaviour.delay.values.size(), kMostValues);
  EXPECT_EQ(host.behaviour.delay.values.at(500), 5005us - kLocalPath);
  EXPECT_EQ(host.behaviour.body_sizes.size(), kMostValues);
  EXPECT_EQ(host.behaviour.body_bytes, host.behaviour.body_sizes.back());
}

TEST(Fit, EmulatesNoRoundTripOfAMachineNearby) {
  const HostFit host = fitted_host(20, [](std::size_t, Observation& one) {
    if (one.connect) one.connect = 50us;
  });
  EXPECT_EQ(host.behaviour.rtt, 0ms);
  EXPECT_EQ(host.seen.round_trip, 50us);
  EXPECT_EQ(host.behaviour.delay.values.front(), 15ms - 50us - kLocalPath);
}

TEST(Fit, TurnsErrorsIntoFaultsOfTheirShare) {
  const HostFit host = fitted_host(40, [](std::size_t i, Observation& one) {
    if (i % 10 == 3) one.status = 500;
    if (i % 10 == 4) one.status = 201;
    if (i == 5) one.status = 304;
    if (i == 6) one.failure = "timeout";
  });
  EXPECT_EQ(host.behaviour.status, 200U);
  ASSERT_EQ(host.behaviour.faults.size(), 1U);
  EXPECT_EQ(host.behaviour.faults[0].status, 500U);
  EXPECT_DOUBLE_EQ(host.behaviour.faults[0].share, 4 / 39.0);
  EXPECT_THAT(host.left_out,
              ElementsAre("status 201 of 4 requests: all but errors have status 200",
                          HasSubstr("status 304 of 1 request"), HasSubstr("timeout")));
}

// 60 ms each alone; the more in flight, the longer.
Observations asked_at_once(unsigned above, nanoseconds each) {
  Observations seen =
      recorded(40, [](std::size_t i, Observation& one) { one.first_byte = 60ms + (i % 7) * 1ms; });
  for (const unsigned at_once : {2U, 2U, 2U, 2U, 5U, 5U, 10U, 10U}) {
    for (unsigned i = 0; i < at_once; ++i) {
      Observation one = seen.all.front();
      one.at_once = at_once;
      one.among_others = true;
      one.first_byte =
          62ms + (i % 3) * 1ms + (at_once - 1 > above ? (at_once - 1 - above) * each : 0ms);
      seen.all.push_back(one);
    }
  }
  return seen;
}

TEST(Fit, FindsHowMuchASlowdownTakes) {
  for (const unsigned above : {0U, 4U}) {
    const HostFit host = fit(asked_at_once(above, 10ms)).at(0);
    EXPECT_EQ(host.behaviour.slowdown.above, above);
    EXPECT_NEAR(static_cast<double>(host.behaviour.slowdown.per_request.count()), 10e6, 2e5);
    EXPECT_EQ(host.behaviour.delay.values.size(), 39U);
  }
}

TEST(Fit, FindsNoSlowdownInTheNoise) {
  EXPECT_EQ(fit(asked_at_once(0, 0ms)).at(0).behaviour.slowdown.per_request, 0ms);
  EXPECT_EQ(fit(asked_at_once(0, 200us)).at(0).behaviour.slowdown.per_request, 0ms);
  EXPECT_EQ(fit(recorded(30, {})).at(0).behaviour.slowdown.per_request, 0ms);
}

TEST(Fit, TakesNoRateLimitForChance) {
  const HostFit host = fitted_host(30, [](std::size_t i, Observation& one) {
    one.rate_limit_fields = {"RateLimit: r=" + std::to_string(29 - i)};
    if (i < 29) return;
    one.status = 429;
    one.told_to_wait = true;
  });
  EXPECT_THAT(host.behaviour.faults, IsEmpty());
  EXPECT_THAT(host.seen.rate_limit_fields, ElementsAre("RateLimit: r=0"));
  EXPECT_THAT(host.left_out, Contains(HasSubstr("rate limit")));
}

TEST(Fit, CountsTheTripsOfTls) {
  const auto shakes_hands = [](std::size_t, Observation& one) {
    if (one.connected) one.handshake = 11ms;
  };
  const HostFit host = fitted_host(20, shakes_hands, true);
  EXPECT_EQ(host.behaviour.tls, Tls::on);
  EXPECT_EQ(host.behaviour.handshake_trips, 2U);
  const auto old = [&](std::size_t i, Observation& one) {
    shakes_hands(i, one);
    one.tls12 = one.connected;
    if (i == 1) one.http_version = 30;
  };
  const HostFit resumed = fitted_host(20, old, true);
  EXPECT_EQ(resumed.behaviour.handshake_trips, 2U);
  const auto whole = [&](std::size_t i, Observation& one) {
    old(i, one);
    if (one.connected) one.handshake = 21ms;
  };
  const HostFit older = fitted_host(20, whole, true);
  EXPECT_EQ(older.behaviour.handshake_trips, 3U);
  EXPECT_THAT(older.left_out, Contains(HasSubstr("HTTP/3")));
}

TEST(CloseAfter, IsWhatAllConnectionsCameTo) {
  const auto close_after = [](const std::function<void(std::size_t, Observation&)>& say) {
    const Observations seen = recorded(40, say);
    return close_after_of(seen.all);
  };
  EXPECT_EQ(close_after(nullptr), 0U);
  EXPECT_EQ(close_after([](auto, Observation& one) { one.connected = true; }), 1U);
  EXPECT_EQ(close_after([](auto, Observation& one) { one.says_close = one.on_kept_connection; }),
            1U);
  EXPECT_EQ(close_after([](std::size_t i, Observation& one) { one.connected = i % 10 == 0; }), 5U);
  const auto by_chance = [](std::size_t i, Observation& one) { one.connected = i == 0 || i == 8; };
  EXPECT_EQ(close_after(by_chance), std::nullopt);
  EXPECT_THAT(fitted_host(40, by_chance).left_out, ElementsAre(HasSubstr("by no rule seen")));
}

TEST(Fit, NeedsSamplesOfEachHost) {
  EXPECT_EQ(refusal(recorded(19, nullptr)),
            "http://api: 19 of 19 samples can be used; a recording needs 20 of each host (-n says "
            "how many are made)");
  EXPECT_EQ(refusal(recorded(20, nullptr)), "no error");
  Observations limited = recorded(5, nullptr);
  limited.ended_early = "it answered 429";
  EXPECT_THAT(refusal(limited), HasSubstr("(-n says how many are made); it answered 429"));
  const auto errors = [](std::size_t i, Observation& one) { one.status = i == 0 ? 500 : 404; };
  EXPECT_EQ(refusal(recorded(30, errors)),
            "http://api answers errors only (404: 29 of 30 requests); a recording needs answers of "
            "status 200 to 399");
}

}  // namespace
}  // namespace fanout
