#include "harness/scenario/capacity_steps.h"

#include <algorithm>
#include <limits>
#include <set>

namespace fanout {
namespace {

double capacity_of(const HostBehaviour& host, std::int64_t elapsed_ns) {
  const LimitFigures& figures = figures_at(*host.limit, elapsed_ns);
  double capacity = std::numeric_limits<double>::max();
  if (figures.concurrency) capacity = *figures.concurrency;
  if (figures.rate) {
    const std::chrono::duration<double> each = mean_of(host.delay) + host.rtt;
    capacity = std::min(capacity, *figures.rate * each.count());
  }
  return capacity;
}

}  // namespace

bool has_limits(const Scenario& scenario) {
  if (scenario.real_targets() != nullptr) return false;
  return std::ranges::any_of(scenario.server().hosts,
                             [](const HostBehaviour& host) { return host.limit.has_value(); });
}

std::vector<CapacityStep> capacity_steps(const Scenario& scenario) {
  if (!has_limits(scenario)) return {};
  std::set<std::int64_t> moments{0};
  for (const HostBehaviour& host : scenario.server().hosts) {
    if (!host.limit) return {};
    moments.insert(host.limit->change_after.count());
  }
  std::vector<CapacityStep> steps;
  for (const std::int64_t moment : moments) {
    double sum = 0;
    for (const HostBehaviour& host : scenario.server().hosts) sum += capacity_of(host, moment);
    steps.push_back({moment, sum});
  }
  return steps;
}

}  // namespace fanout
