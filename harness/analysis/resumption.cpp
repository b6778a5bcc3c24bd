#include "harness/analysis/resumption.h"

#include <cmath>
#include <utility>
#include <vector>

#include "harness/result/run_figures.h"
#include "harness/statistics/statistics.h"

namespace fanout {
namespace {

// Nothing unless both have enough values.
std::optional<double> ratio_of(std::vector<double> before, std::vector<double> after) {
  constexpr std::size_t kLeastRuns = 3;
  if (before.size() < kLeastRuns || after.size() < kLeastRuns) return std::nullopt;
  return median_interval(std::move(after)).median / median_interval(std::move(before)).median;
}

std::optional<double> change_of(const CellReport& floor, unsigned rounds_before,
                                bool amid_a_round) {
  std::vector<double> before;
  std::vector<double> after;
  for (const Run& run : floor.runs) {
    if (!run.valid || run.cpu_ns <= 0 || (amid_a_round && run.round == rounds_before)) continue;
    (run.round < rounds_before ? before : after).push_back(cpu_us_per_request(run));
  }
  return ratio_of(std::move(before), std::move(after));
}

}  // namespace

std::optional<double> floor_change(const Report& report, const Resumption& resumption) {
  const bool amid_a_round = resumption.runs > resumption.rounds * planned_rows(report);
  std::optional<double> most;
  for (std::size_t i = 0; i < report.references.size(); ++i) {
    if (report.plan.references[i].role != Role::floor) continue;
    const auto change = change_of(report.references[i], resumption.rounds, amid_a_round);
    if (!change) continue;
    if (!most || std::abs(std::log(*change)) > std::abs(std::log(*most))) most = change;
  }
  return most;
}

}  // namespace fanout
