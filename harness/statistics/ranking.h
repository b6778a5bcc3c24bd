// Ranks with ties: "leader bands". Pure functions; the statistics are in
// harness/statistics/statistics.h.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/statistics/statistics.h"

namespace fanout {

// Two contenders held against each other; indices into what was ranked.
struct Matchup {
  std::size_t leader = 0;
  std::size_t other = 0;
  Comparison comparison;  // other / leader
  bool separated = false;
};

struct Ranking {
  // Indices; every band's first has its best median, and no member is separated from that one.
  std::vector<std::vector<std::size_t>> bands;
  // What was compared: each band's leader with all that were not placed before it.
  std::vector<Matchup> matchups;
};

// What is less likely than this, if there is no difference, is taken for one.
inline constexpr double kLevel = 0.05;
// Ranks have this many rounds or more, or there are none.
inline constexpr std::size_t kLeastRoundsToRank = 10;
// A difference of less than 2 % is a tie, however sure.
inline constexpr double kLeastMargin = 0.02;

// The fewest rounds in which `contenders` can be told apart: kLeastRoundsToRank, or more where even
// rounds that all agree (p = 2 / 2^rounds) would not reach the level of so many comparisons.
std::size_t rounds_to_rank(std::size_t contenders);

// Whether a comparison among so many contenders tells its two apart, the second being worse: by the
// rule of rank() below.
bool tells_apart(const Comparison& comparison, std::size_t contenders, double margin);

// `by_round[i][r]` is what contender i took in round r, above 0; less is better. The best median of
// those that are left leads a band, which each of the others joins if its signed-rank p against the
// leader is above 0.05 / (contenders - 1), or the ratio is within `margin` (0.02: 2 %); and again,
// until none is left. Bonferroni's correction holds for the first band; simulated with 8 identical
// contenders and 10 rounds, some band is split wrongly in 3 % of experiments if noise is 2 %, in 6
// % if it is 5 % (tests/unit/statistics/ranking_test.cpp).
Ranking rank(std::span<const std::vector<double>> by_round, double margin);

}  // namespace fanout
