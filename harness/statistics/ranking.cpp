#include "harness/statistics/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fanout {
namespace {

double level_of(std::size_t contenders) {
  return contenders < 2 ? kLevel : kLevel / static_cast<double>(contenders - 1);
}

}  // namespace

std::size_t rounds_to_rank(std::size_t contenders) {
  // 2 / 2^rounds <= level
  const double agreeing = std::ceil(1 - std::log2(level_of(contenders)));
  return std::max(kLeastRoundsToRank, static_cast<std::size_t>(agreeing));
}

bool tells_apart(const Comparison& comparison, std::size_t contenders, double margin) {
  return comparison.p <= level_of(contenders) && comparison.ratio > 1 + margin;
}

Ranking rank(std::span<const std::vector<double>> by_round, double margin) {
  Ranking ranking;
  std::vector<std::size_t> left(by_round.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::ranges::stable_sort(left, {},
                           [&](std::size_t i) { return median_interval(by_round[i]).median; });
  while (!left.empty()) {
    const std::size_t leader = left.front();
    std::vector<std::size_t> band{leader};
    std::vector<std::size_t> slower;
    for (const std::size_t other : std::span(left).subspan(1)) {
      const Comparison comparison = compare_rounds(by_round[leader], by_round[other]);
      const bool separated = tells_apart(comparison, by_round.size(), margin);
      ranking.matchups.push_back({leader, other, comparison, separated});
      (separated ? slower : band).push_back(other);
    }
    ranking.bands.push_back(std::move(band));
    left = std::move(slower);
  }
  return ranking;
}

}  // namespace fanout
