#include "harness/analysis/drift.h"

#include <algorithm>
#include <cmath>

#include "harness/analysis/reference_figures.h"

namespace fanout {
namespace {

double server_cost(const Run& run) {
  if (!run.server || run.server->requests == 0) return 0;
  return static_cast<double>(run.server->cpu_ns) / static_cast<double>(run.server->requests);
}

// Only its figure counts; nobody reads its words.
constexpr Measure kServerCost{.name = "server",
                              .title = {},
                              .figure = {},
                              .better = {},
                              .worse = {},
                              .of = &server_cost,
                              .of_speed = false,
                              .least_requests = 1};

Comparison witness(const Cells& both, const Measure& measure) {
  const auto figures = common_rounds(both, measure);
  return compare_rounds(figures[0], figures[1]);
}

// The p of an estimate whose 95 % interval ends so far from it on the side of 1, by the normal
// distribution.
double p_by_reach(double ratio, double low, double high) {
  constexpr double kNormal95 = 1.959964;
  const double distance = std::abs(std::log(ratio));
  const double reach = std::log(ratio > 1 ? ratio / low : high / ratio);
  if (distance == 0) return 1;
  return reach > 0 ? std::erfc(kNormal95 * distance / reach / std::sqrt(2.0)) : 0;
}

}  // namespace

std::optional<Drift> drift_of(const CellPair& pair, const Measure& measure) {
  const CellReport* before =
      reference_of(pair.base, pair.before.cell.scenario, Role::floor, pair.before.cell.http);
  const CellReport* after =
      reference_of(pair.next, pair.after.cell.scenario, Role::floor, pair.after.cell.http);
  if (before == nullptr || after == nullptr) return std::nullopt;
  Drift drift{.floor = witness({before, after}, measure),
              .server = witness({&pair.before, &pair.after}, kServerCost)};
  if (!drift.floor.low || !drift.server.low) return std::nullopt;
  drift.ratio = std::sqrt(drift.floor.ratio * drift.server.ratio);
  drift.low = std::min({1.0, *drift.floor.low, *drift.server.low});
  drift.high = std::max({1.0, *drift.floor.high, *drift.server.high});
  return drift;
}

std::optional<double> shared_cost(const Report& report, const CellReport& cell,
                                  const Measure& measure) {
  const CellReport* floor = reference_of(report, cell.cell.scenario, Role::floor, cell.cell.http);
  if (floor == nullptr) return std::nullopt;
  const double client = median_interval(common_rounds({floor}, measure)[0]).median;
  const double server = median_interval(common_rounds({&cell}, kServerCost)[0]).median;
  if (client <= 0 || server <= 0) return std::nullopt;
  return std::sqrt(client * server);
}

Exposure exposure_of(const Measure& measure, const Cells& cells) {
  if (!measure.of_speed) return Exposure::whole;
  const auto all = [&](auto limits) { return std::ranges::all_of(cells, limits); };
  if (all([](const CellReport* cell) { return cell->summary.limited_by == Limit::client; })) {
    return Exposure::whole;
  }
  const bool paced = all([](const CellReport* cell) {
    return cell->summary.limited_by == Limit::latency || cell->summary.limited_by == Limit::rate;
  });
  return paced ? Exposure::none : Exposure::some;
}

Comparison without_drift(const std::vector<double>& first, std::vector<double> second,
                         const Drift& drift, Exposure exposure) {
  if (exposure == Exposure::whole) {
    for (double& one : second) one /= drift.ratio;
  }
  Comparison left = compare_rounds(first, second);
  if (exposure == Exposure::none || !left.low) return left;
  const double taken = exposure == Exposure::whole ? drift.ratio : 1;
  *left.low *= taken / drift.high;
  *left.high *= taken / drift.low;
  left.p = std::max(left.p, p_by_reach(left.ratio, *left.low, *left.high));
  return left;
}

}  // namespace fanout
