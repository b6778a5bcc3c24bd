// Limiters against a server of known capacity, in virtual time: no socket, no clock. Compiled with
// optimization, because there are 1,000 seeds of each.
#include "strategies/limiter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <vector>

#include "harness/judge/limits_met.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

constexpr unsigned kSeeds = FANOUT_SEEDS;
constexpr unsigned kMost = 64;
constexpr double kWithin = 0.2;
constexpr double kShare = 0.95;

// How many requests the server handles at once at a time; up to `queue` more wait, the rest is
// refused at once.
struct Model {
  std::function<unsigned(double seconds)> capacity;
  unsigned queue = 0;
  double service_s = 0.02;
  double noise = 0.2;     // the standard deviation of the logarithm of a service time
  double slow_share = 0;  // of the answers that take 20 times as long
};

// A closed loop of a limiter and the model.
class Simulation {
 public:
  Simulation(const Model& model, Limiter& limiter, unsigned seed)
      : model_(model), limiter_(limiter), random_(seed) {}

  // The limit at the end of every attempt.
  std::vector<LimitMoment> run(double seconds) {
    start_some();
    while (!ends_.empty() && ends_.top().at_s < seconds) {
      const End end = ends_.top();
      ends_.pop();
      now_s_ = end.at_s;
      limiter_.ended({.at_ns = std::llround(now_s_ * 1e9),
                      .refused = end.refused,
                      .latency_ns = end.refused ? 0 : std::llround((now_s_ - end.begun_s) * 1e9),
                      .in_flight = in_flight_});
      moments_.push_back({std::llround(now_s_ * 1e9), limiter_.limit()});
      --in_flight_;
      if (!end.refused) leave();
      start_some();
    }
    return moments_;
  }

 private:
  struct End {
    double at_s;
    double begun_s;
    bool refused;
    bool operator<(const End& other) const { return at_s > other.at_s; }
  };

  void start_some() {
    while (in_flight_ < static_cast<unsigned>(limiter_.limit())) {
      ++in_flight_;
      if (served_ < model_.capacity(now_s_)) {
        serve(now_s_);
      } else if (waiting_.size() < model_.queue) {
        waiting_.push(now_s_);
      } else {
        ends_.push({now_s_ + 0.0002, now_s_, true});
      }
    }
  }
  void serve(double begun_s) {
    ++served_;
    std::lognormal_distribution<double> factor(-model_.noise * model_.noise / 2, model_.noise);
    const bool slow = std::bernoulli_distribution(model_.slow_share)(random_);
    const double service_s = model_.service_s * factor(random_) * (slow ? 20 : 1);
    ends_.push({now_s_ + service_s, begun_s, false});
  }
  void leave() {
    --served_;
    while (!waiting_.empty() && served_ < model_.capacity(now_s_)) {
      serve(waiting_.front());
      waiting_.pop();
    }
  }

  const Model& model_;
  Limiter& limiter_;
  std::mt19937 random_;
  double now_s_ = 0;
  unsigned in_flight_ = 0;
  unsigned served_ = 0;
  std::queue<double> waiting_;
  std::priority_queue<End> ends_;
  std::vector<LimitMoment> moments_;
};

// The mean of the whole requests that the limit allowed, over the second half of the time from
// `from_s` on.
double later_mean(const std::vector<LimitMoment>& moments, double from_s) {
  const auto end_ns = static_cast<double>(moments.back().at_ns);
  const double half_ns = from_s * 1e9 + (end_ns - from_s * 1e9) / 2;
  double sum = 0;
  double weight = 0;
  for (std::size_t i = 0; i + 1 < moments.size(); ++i) {
    if (static_cast<double>(moments[i].at_ns) < half_ns) continue;
    const auto span = static_cast<double>(moments[i + 1].at_ns - moments[i].at_ns);
    sum += std::floor(moments[i].limit) * span;
    weight += span;
  }
  return sum / weight;
}

std::unique_ptr<Limiter> make(const Strategy& strategy,
                              const std::map<std::string_view, double>& set = {}) {
  std::vector<double> options;
  for (const StrategyOption& option : strategy.options) {
    const auto found = set.find(option.name);
    options.push_back(found == set.end() ? option.value : found->second);
  }
  return std::get<MakeLimiter>(strategy.run)(options, kMost);
}

std::vector<const Strategy*> adaptive_strategies() {
  std::vector<const Strategy*> found;
  for (const Strategy* row : strategies()) {
    if (std::holds_alternative<MakeLimiter>(row->run)) found.push_back(row);
  }
  return found;
}

class EveryLimiter : public testing::TestWithParam<const Strategy*> {
 protected:
  // The share of all seeds in which the limiter comes to within 20 % of a capacity, and settles
  // within 2 seconds after the moment from which on it holds.
  static double share_that_settles(const Model& model, double seconds, double from_s,
                                   double capacity) {
    unsigned settled = 0;
    for (unsigned seed = 0; seed < kSeeds; ++seed) {
      const auto limiter = make(*GetParam());
      const auto moments = Simulation(model, *limiter, seed).run(seconds);
      const auto settles = settle_time(moments, std::llround(from_s * 1e9));
      const double mean = later_mean(moments, from_s);
      const bool near = std::abs(mean - capacity) <= kWithin * capacity;
      if (near && settles && *settles <= 2'000'000'000) ++settled;
    }
    return static_cast<double>(settled) / kSeeds;
  }
};

TEST_P(EveryLimiter, FindsTheCapacityOfAServerThatRefuses) {
  for (const unsigned capacity : {8U, 20U, 50U}) {
    const Model model{.capacity = [=](double) { return capacity; }};
    EXPECT_GE(share_that_settles(model, 4, 0, capacity), kShare) << capacity;
  }
}

TEST_P(EveryLimiter, FollowsAStepDown) {
  const Model model{.capacity = [](double s) { return s < 2 ? 20U : 8U; }};
  EXPECT_GE(share_that_settles(model, 6, 2, 8), kShare);
}

TEST_P(EveryLimiter, FollowsAStepUp) {
  const Model model{.capacity = [](double s) { return s < 2 ? 8U : 20U; }};
  EXPECT_GE(share_that_settles(model, 6, 2, 20), kShare);
}

TEST_P(EveryLimiter, KeepsToItsBounds) {
  const Model generous{.capacity = [](double) { return 1000U; }};
  const Model closed{.capacity = [](double) { return 0U; }};
  for (const Model* model : {&generous, &closed}) {
    const auto limiter = make(*GetParam());
    for (const LimitMoment& moment : Simulation(*model, *limiter, 1).run(3)) {
      ASSERT_GE(moment.limit, 1);
      ASSERT_LE(moment.limit, kMost);
    }
    EXPECT_EQ(limiter->limit() > kMost / 2.0, model == &generous);
  }
}

INSTANTIATE_TEST_SUITE_P(, EveryLimiter, testing::ValuesIn(adaptive_strategies()),
                         [](const auto& tested) { return std::string(tested.param->name); });

// A server that lets requests wait refuses nobody: what tells is that answers come late.
class Gradient : public EveryLimiter {};

TEST_P(Gradient, FindsTheCapacityOfAServerWithAQueue) {
  for (const unsigned capacity : {8U, 20U}) {
    const Model model{.capacity = [=](double) { return capacity; }, .queue = 1000};
    EXPECT_GE(share_that_settles(model, 4, 0, capacity), kShare) << capacity;
  }
}

TEST_P(Gradient, FollowsAStepDownOfAServerWithAQueue) {
  const Model model{.capacity = [](double s) { return s < 2 ? 20U : 8U; }, .queue = 1000};
  EXPECT_GE(share_that_settles(model, 6, 2, 8), kShare);
}

TEST_P(Gradient, SeesAQueueOfAnswersOfEqualLength) {
  const Model model{
      .capacity = [](double s) { return s < 2 ? 20U : 8U; }, .queue = 1000, .noise = 0};
  EXPECT_GE(share_that_settles(model, 6, 2, 8), kShare);
}

TEST_P(Gradient, TakesAFewSlowAnswersForNoQueue) {
  const Model model{.capacity = [](double) { return 1000U; }, .slow_share = 0.05};
  const auto limiter = make(*GetParam());
  (void)Simulation(model, *limiter, 1).run(5);
  EXPECT_GT(limiter->limit(), 10);
}

// Answers to what was begun under the old limit came from a queue.
TEST_P(Gradient, MeasuresAgainWithFewInFlight) {
  constexpr unsigned kCapacity = 20;
  constexpr double kLow = 3;
  const Model model{.capacity = [](double) { return kCapacity; }, .queue = 1000};
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto limiter = make(*GetParam(), {{"again", 10}, {"low", kLow}, {"samples", 20}});
    double sum = 0;
    double count = 0;
    for (const LimitMoment& moment : Simulation(model, *limiter, seed).run(20)) {
      if (moment.at_ns < 5'000'000'000 || moment.limit <= kLow) continue;
      sum += moment.limit;
      ++count;
    }
    ASSERT_GT(count, 0);
    EXPECT_NEAR(sum / count, kCapacity, 0.25 * kCapacity) << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(, Gradient,
                         testing::Values(*std::ranges::find(strategies(), "gradient",
                                                            &Strategy::name)));

}  // namespace
}  // namespace fanout
