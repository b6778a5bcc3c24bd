#include "harness/plan/courtesy.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/units.h"
#include "harness/scenario/url_list.h"

namespace fanout {

namespace {

void check_pace(const Scenario& scenario, const std::string& stranger) {
  if (scenario.mode == Mode::steady) {
    throw UsageError(stranger +
                     " is not this machine: mode steady would send it as many requests as it can; "
                     "use mode batch, or give --i-may-load-this-target");
  }
  if (scenario.rate.value_or(0) > kCourteousRate) {
    throw UsageError(
        fmt::format("{} is not this machine: at most {} requests per second are sent there "
                    "unasked, this plan has {}; lower --rate, or give --i-may-load-this-target",
                    stranger, kCourteousRate, format_number(*scenario.rate)));
  }
}

}  // namespace

void check_courtesy(const Plan& plan, const std::vector<Target>& targets) {
  const auto stranger = std::ranges::find_if_not(targets, on_this_machine);
  if (stranger == targets.end()) return;
  for (const Scenario& scenario : plan.scenarios) check_pace(scenario, stranger->host());
  unsigned in_flight = 0;
  unsigned retries = 0;
  std::uint64_t per_round = 0;
  std::vector<Cell> cells = plan.cells;
  for (const Reference& one : plan.references) cells.push_back(one.cell);
  for (const Cell& cell : cells) {
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
      stranger->host(), kCourteousInFlight, kCourteousRequests, format_count(in_flight),
      format_count(requests), cells.size(), plan.rounds,
      retries > 0 ? fmt::format(", retries: {}", retries) : ""));
}

}  // namespace fanout
