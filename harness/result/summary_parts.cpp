#include "harness/result/summary_parts.h"

#include <algorithm>
#include <iterator>

#include "harness/result/run_figures.h"

namespace fanout {
namespace {

// A figure that not every run has, over those that have it.
std::optional<Interval> over_those_with(const ValidRuns& runs, auto figure) {
  std::vector<double> values;
  for (const Run* run : runs) {
    if (!run->limits) continue;
    const auto value = figure(*run->limits);
    if (value) values.push_back(static_cast<double>(*value));
  }
  if (values.empty()) return std::nullopt;
  return median_interval(std::move(values));
}

void summarize_limits(const ValidRuns& valid, PartsOfSome& parts) {
  const auto met = [](const Run* run) { return run->limits.has_value(); };
  if (std::ranges::none_of(valid, met)) return;
  LimitsSummary limits;
  limits.refused_share =
      over_runs(valid, [](const Run& run) { return run.limits ? run.limits->refused_share : 0.0; });
  limits.overshoot = over_those_with(valid, [](const LimitsMet& own) { return own.overshoot; });
  limits.fairness = over_those_with(valid, [](const LimitsMet& own) { return own.fairness; });
  limits.settle_ns = over_those_with(valid, [](const LimitsMet& own) { return own.settle_ns; });
  limits.settled_runs = static_cast<unsigned>(std::ranges::count_if(
      valid, [](const Run* run) { return run->limits && run->limits->settle_ns; }));
  parts.limits = limits;
}

void summarize_work(const ValidRuns& valid, PartsOfSome& parts) {
  const bool worked =
      std::ranges::all_of(valid, [](const Run* run) { return run->work.has_value(); });
  if (valid.empty() || !worked) return;
  parts.work_us_per_answer =
      over_runs(valid, [](const Run& run) { return run.work->cpu_ns / 1000; });
}

void summarize_bodies(const ValidRuns& valid, PartsOfSome& parts) {
  const bool large = std::ranges::all_of(
      valid, [](const Run* run) { return body_bytes_per_request(*run) >= kLargeBody; });
  if (valid.empty() || !large) return;
  parts.bodies = BodiesSummary{
      .mb_per_second = over_runs(
          valid,
          [](const Run& run) { return throughput(run) * body_bytes_per_request(run) / 1e6; }),
      .cpu_s_per_gib = over_runs(valid, [](const Run& run) {
        constexpr double kGib = 1 << 30;
        return cpu_us_per_request(run) / 1e6 / body_bytes_per_request(run) * kGib;
      })};
}

void summarize_phases(const ValidRuns& valid, PartsOfSome& parts) {
  ValidRuns watched;
  std::ranges::copy_if(valid, std::back_inserter(watched), [](const Run* run) {
    return run->phases && run->phases->first_byte_ns > 0;
  });
  if (watched.empty()) return;
  const auto phase = [&](double Phases::*of) {
    return over_runs(watched, [of](const Run& run) { return (*run.phases).*of; });
  };
  parts.phases =
      PhasesSummary{.queue_ns = over_runs(watched,
                                          [](const Run& run) {
                                            if (!run.open) return 0.0;
                                            return std::max(0.0, run.open->response_ns.mean -
                                                                     run.latency_ns.mean);
                                          }),
                    .connect_ns = phase(&Phases::connect_ns),
                    .handshake_ns = phase(&Phases::handshake_ns),
                    .first_byte_ns = phase(&Phases::first_byte_ns),
                    .body_ns = phase(&Phases::body_ns)};
}

void summarize_hedges(const ValidRuns& valid, PartsOfSome& parts) {
  if (std::ranges::none_of(valid, [](const Run* run) { return run->hedges.has_value(); })) return;
  const auto share = [](std::uint64_t Hedges::*of) {
    return [of](const Run& run) { return run.hedges ? per_request(run, (*run.hedges).*of) : 0.0; };
  };
  parts.hedges =
      HedgesSummary{over_runs(valid, share(&Hedges::sent)), over_runs(valid, share(&Hedges::won))};
}

}  // namespace

PartsOfSome parts_of(const ValidRuns& valid) {
  PartsOfSome parts;
  summarize_limits(valid, parts);
  summarize_hedges(valid, parts);
  summarize_work(valid, parts);
  summarize_bodies(valid, parts);
  summarize_phases(valid, parts);
  return parts;
}

}  // namespace fanout
