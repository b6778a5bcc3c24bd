#include "harness/courtesy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "harness/url_list.h"

namespace fanout {

void check_courtesy(const Plan& plan, const std::vector<Target>& targets) {
  const auto stranger = std::ranges::find_if(
      targets, [](const Target& target) { return !is_loopback(target.address); });
  if (stranger == targets.end()) return;
  unsigned in_flight = 0;
  unsigned retries = 0;
  std::uint64_t per_round = 0;
  for (const Cell& cell : plan.cells) {
    in_flight = std::max(in_flight, cell.workers);
    const Scenario& scenario = scenario_of(plan, cell);
    retries = std::max(retries, scenario.retry.retries);
    per_round += scenario.requests * (1 + scenario.retry.retries);
  }
  const std::uint64_t requests = per_round * plan.rounds;
  if (in_flight <= kCourteousInFlight && requests <= kCourteousRequests) return;
  throw UsageError(fmt::format(
      "{} is not this machine: at most {} requests in flight and {} in all are sent there unasked, "
      "this plan has {} and {} (cells x rounds: {} x {}{}); lower --workers, -n, --rounds, "
      "--strategy or --transport, or give --i-may-load-this-target",
      stranger->name.empty() ? stranger->address : stranger->name, kCourteousInFlight,
      kCourteousRequests, format_count(in_flight), format_count(requests), plan.cells.size(),
      plan.rounds, retries > 0 ? fmt::format(", retries: {}", retries) : ""));
}

}  // namespace fanout
