#include "harness/judge/limits_met.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "harness/scenario/capacity_steps.h"

namespace fanout {
namespace {

constexpr double kSettled = 0.2;
constexpr std::size_t kLeastMoments = 8;

std::vector<LimitMoment> moments_of(const Execution& execution) {
  std::vector<LimitMoment> moments;
  const LimitTrace* const trace = execution.limit_trace;
  if (trace == nullptr) return moments;
  for (std::uint32_t i = 0; i < std::min(trace->count, LimitTrace::kMost); ++i) {
    const LimitPoint& point = trace->points[i];
    moments.push_back({.at_ns = point.at_ns - execution.header.ready_ns,
                       .limit = point.limit,
                       .in_flight = point.in_flight,
                       .latency_ns = point.latency_ns});
  }
  return moments;
}

std::optional<double> fairness_over_hosts(const Execution& execution, const Scenario& scenario) {
  const std::size_t hosts = scenario.server().hosts.size();
  if (hosts < 2) return std::nullopt;
  std::vector<double> answered(hosts);
  for (std::size_t i = 0; i < execution.samples.size(); ++i) {
    if (execution.samples[i].outcome == Outcome::ok) ++answered[host_index(scenario, i)];
  }
  for (std::size_t host = 0; host < hosts; ++host) {
    const double share = share_of_host(scenario, host);
    if (share > 0) answered[host] /= share;
  }
  return fairness_of(answered);
}

// When the capacity that a run ended with began to hold.
std::int64_t last_change_ns(const std::vector<CapacityStep>& steps,
                            const std::vector<LimitMoment>& over_time) {
  std::int64_t last_ns = 0;
  for (const CapacityStep& step : steps) {
    if (!over_time.empty() && step.from_ns < over_time.back().at_ns) last_ns = step.from_ns;
  }
  return last_ns;
}

}  // namespace

double fairness_of(const std::vector<double>& shares) {
  double sum = 0;
  double squares = 0;
  for (const double share : shares) {
    sum += share;
    squares += share * share;
  }
  return squares == 0 ? 1 : sum * sum / (static_cast<double>(shares.size()) * squares);
}

std::optional<std::int64_t> settle_time(const std::vector<LimitMoment>& over_time,
                                        std::int64_t from_ns) {
  std::vector<LimitMoment> after;
  std::ranges::copy_if(over_time, std::back_inserter(after),
                       [&](const LimitMoment& moment) { return moment.at_ns >= from_ns; });
  if (after.size() < kLeastMoments) return std::nullopt;
  const std::int64_t half_ns = from_ns + (after.back().at_ns - from_ns) / 2;
  std::vector<double> later;
  for (const LimitMoment& moment : after) {
    if (moment.at_ns >= half_ns) later.push_back(moment.limit);
  }
  const auto middle = later.begin() + std::ssize(later) / 2;
  std::ranges::nth_element(later, middle);
  const double median = *middle;
  const auto strays = [&](const LimitMoment& moment) {
    return std::abs(moment.limit - median) > kSettled * median;
  };
  const auto settled = std::find_if(after.rbegin(), after.rend(), strays).base();
  if (settled == after.end()) return std::nullopt;  // it strays to the end
  return settled == after.begin() ? 0 : settled->at_ns - from_ns;
}

std::optional<LimitsMet> limits_met(const Execution& execution, const Run& run,
                                    const Attempts& attempts, const Scenario& scenario) {
  LimitsMet met;
  met.over_time = moments_of(execution);
  const bool limited = execution.served && has_limits(scenario);
  if (!limited && met.over_time.empty()) return std::nullopt;
  if (limited) {
    for (const auto& [status, count] : attempts.rejected) met.refused += count;
    if (attempts.made > 0) {
      met.refused_share = static_cast<double>(met.refused) / static_cast<double>(attempts.made);
    }
    const std::vector<CapacityStep> steps = capacity_steps(scenario);
    double most = 0;
    for (const CapacityStep& step : steps) most = std::max(most, step.in_flight);
    if (most > 0 && run.server) {
      met.overshoot = static_cast<double>(run.server->peak_in_flight) / most;
    }
    met.fairness = fairness_over_hosts(execution, scenario);
    met.settle_ns = settle_time(met.over_time, last_change_ns(steps, met.over_time));
  } else {
    met.settle_ns = settle_time(met.over_time, 0);
  }
  return met;
}

}  // namespace fanout
