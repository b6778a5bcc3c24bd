#include "harness/statistics/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Bands = std::vector<std::vector<std::size_t>>;
using Figures = std::vector<std::vector<double>>;

std::vector<double> ten(double base, double step = 0.001) {
  std::vector<double> values;
  for (int round = 0; round < 10; ++round) values.push_back(base * (1 + step * round));
  return values;
}

TEST(Rank, PutsTheBestFirstAndTiesTogether) {
  const Figures figures{ten(150), ten(100), ten(101), ten(151)};
  const Ranking ranking = rank(figures, kLeastMargin);
  EXPECT_EQ(ranking.bands, (Bands{{1, 2}, {0, 3}}));
  ASSERT_EQ(ranking.matchups.size(), 4U);  // 1 with 2, 0, 3; then 0 with 3
  EXPECT_FALSE(ranking.matchups[0].separated);
  EXPECT_TRUE(ranking.matchups[1].separated);
  EXPECT_NEAR(ranking.matchups[1].comparison.ratio, 1.5, 1e-9);
}

TEST(Rank, TakesWhatIsWithinTheMarginForATieHoweverSure) {
  const Figures figures{ten(100), ten(103)};
  EXPECT_EQ(rank(figures, 0.02).bands, (Bands{{0}, {1}}));
  EXPECT_EQ(rank(figures, 0.05).bands, (Bands{{0, 1}}));
}

TEST(Rank, TakesWhatIsUnsureForATieHoweverLarge) {
  // The second is faster in three rounds of ten: p = 0.19.
  std::vector<double> unsure = ten(120);
  for (const int round : {0, 4, 7}) unsure[static_cast<std::size_t>(round)] = 70;
  EXPECT_EQ(rank(Figures{ten(100), unsure}, 0.02).bands, (Bands{{0, 1}}));
}

TEST(Rank, ComparesWithTheLeaderNotWithNeighbours) {
  // Each is 1.5 % behind the one before: a chain of ties, cut where the leader is too far.
  const Figures figures{ten(100), ten(101.5), ten(103.1), ten(104.6)};
  EXPECT_EQ(rank(figures, 0.02).bands, (Bands{{0, 1}, {2, 3}}));
}

TEST(Rank, OfNothingOrOneIsThat) {
  EXPECT_THAT(rank({}, 0.02).bands, IsEmpty());
  EXPECT_THAT(rank(Figures{ten(1)}, 0.02).bands, ElementsAre(std::vector<std::size_t>{0}));
}

TEST(RoundsToRank, GrowWithTheNumberOfContenders) {
  EXPECT_EQ(rounds_to_rank(1), 10U);
  EXPECT_EQ(rounds_to_rank(8), 10U);
  EXPECT_EQ(rounds_to_rank(26), 10U);  // 2 / 1024 <= 0.05 / 25
  EXPECT_EQ(rounds_to_rank(27), 11U);
  EXPECT_EQ(rounds_to_rank(70), 12U);
}

// Simulations: 1,000 experiments of 10 rounds. Rounds of one experiment share a factor, as a
// machine is fast in one and slow in the next; on top each run has noise of its own.
class Simulation {
 public:
  explicit Simulation(double noise) : own_(0, noise) {}

  Figures experiment(const std::vector<double>& truth) {
    Figures figures(truth.size());
    for (int round = 0; round < 10; ++round) {
      const double machine = shared_(random_);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        figures[i].push_back(truth[i] * std::exp(machine + own_(random_)));
      }
    }
    return figures;
  }

 private:
  std::mt19937_64 random_{20'260'101};
  std::normal_distribution<double> own_;
  std::normal_distribution<double> shared_{0, 0.2};
};

constexpr int kExperiments = 1000;

double share_split_wrongly(double noise) {
  Simulation simulation(noise);
  int split = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const Ranking found = rank(simulation.experiment(std::vector<double>(8, 100)), kLeastMargin);
    if (found.bands.size() > 1) ++split;
  }
  return split / static_cast<double>(kExperiments);
}

TEST(RankSimulated, SplitsIdenticalContendersInAtMostSixPercentOfExperiments) {
  EXPECT_LE(share_split_wrongly(0.02), 0.06);
  EXPECT_LE(share_split_wrongly(0.05), 0.06);
  EXPECT_GT(share_split_wrongly(0.05), 0.005);  // it is not simply blind
}

TEST(RankSimulated, IsolatesATrueWinnerByTenPercent) {
  Simulation simulation(0.02);
  std::vector<double> truth(8, 110);
  truth[5] = 100;
  int isolated = 0;
  for (int i = 0; i < kExperiments; ++i) {
    const Ranking found = rank(simulation.experiment(truth), kLeastMargin);
    if (found.bands.front() == std::vector<std::size_t>{5}) ++isolated;
  }
  EXPECT_GE(isolated, 950);
}

TEST(CompareRoundsSimulated, CoversTheTruthInNinetyFivePercent) {
  for (const double noise : {0.02, 0.05}) {
    Simulation simulation(noise);
    int covered = 0;
    for (int i = 0; i < 2 * kExperiments; ++i) {
      const Figures figures = simulation.experiment({100, 105});
      const Comparison found = compare_rounds(figures[0], figures[1]);
      if (*found.low <= 1.05 && 1.05 <= *found.high) ++covered;
    }
    EXPECT_GE(covered, 2 * 930) << noise;
    EXPECT_LE(covered, 2 * 980) << noise;
  }
}

}  // namespace
}  // namespace fanout
