#include "harness/result/summary.h"

#include <algorithm>
#include <iterator>

#include "base/histogram.h"
#include "harness/result/timed_out.h"

namespace fanout {
namespace {

constexpr double kPercentiles[] = {50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99};
// A percentile is an extreme of this many requests or more, or it is a story about one of them.
constexpr double kLeastBeyond = 10;

// A percentile over the runs that know it: those in which requests succeeded, and those in which so
// many timed out that it is the time limit. That is so of the median if it is of half of the runs.
Interval percentile_over(const ValidRuns& runs, double percentile, auto figure) {
  std::vector<double> values;
  std::vector<double> limits;
  for (const Run* run : runs) {
    if (const auto limit = time_limit_at(*run, percentile)) {
      limits.push_back(static_cast<double>(*limit));
      values.push_back(limits.back());
    } else if (run->requests.ok > 0) {
      values.push_back(static_cast<double>(figure(*run)));
    }
  }
  const bool timed_out = !limits.empty() && 2 * limits.size() >= runs.size();
  Interval found = median_interval(std::move(values));
  if (timed_out) found.median = *std::ranges::min_element(limits);
  return found;
}

void summarize_open_loop(const ValidRuns& valid, Summary& summary) {
  const bool open =
      std::ranges::all_of(valid, [](const Run* run) { return run->open.has_value(); });
  if (valid.empty() || !open) return;
  summary.response_p50_ns =
      percentile_over(valid, 50, [](const Run& run) { return response_at(run, 50); });
  summary.response_p99_ns =
      percentile_over(valid, 99, [](const Run& run) { return response_at(run, 99); });
  summary.achieved_share = over_runs(valid, [](const Run& run) {
    return run.open->achieved_per_second / run.open->offered_per_second;
  });
}

// What limited more than half of the runs.
Limit common_limit(const ValidRuns& runs) {
  for (const auto& [name, limit] : kLimitNames) {
    const auto count =
        std::ranges::count(runs, limit, [](const Run* run) { return run->limited_by; });
    if (2 * count > std::ssize(runs)) return limit;
  }
  return Limit::none;
}

std::vector<PercentilePoint> percentiles(const ValidRuns& runs) {
  std::vector<Histogram> histograms;
  for (const Run* run : runs) {
    histograms.push_back(
        Histogram::of_buckets(run->histogram, run->latency_ns.min, run->latency_ns.max));
  }
  std::vector<PercentilePoint> points;
  for (const double percentile : kPercentiles) {
    const double beyond = 1 - percentile / 100;
    const bool enough = std::ranges::all_of(histograms, [&](const Histogram& histogram) {
      return static_cast<double>(histogram.count()) * beyond >= kLeastBeyond - 1e-6;
    });
    if (runs.empty() || !enough) break;
    const auto quantile = [&](const Run& run) {
      if (timed_out_share(run) > 0) return latency_at(run, percentile);
      const auto found = std::ranges::find(runs, &run);
      return histograms[static_cast<std::size_t>(found - runs.begin())].quantile(percentile / 100);
    };
    points.push_back({percentile, percentile_over(runs, percentile, quantile)});
  }
  return points;
}

ValidRuns valid_runs(const std::vector<Run>& runs) {
  ValidRuns valid;
  for (const Run& run : runs) {
    if (run.valid) valid.push_back(&run);
  }
  return valid;
}

void summarize_time(const ValidRuns& valid, Summary& summary) {
  summary.makespan_ns = over_runs(valid, [](const Run& run) { return run.makespan_ns; });
  summary.requests_per_second = over_runs(valid, throughput);
  if (std::ranges::all_of(valid, [](const Run* run) { return run->efficiency.has_value(); })) {
    summary.efficiency = over_runs(valid, [](const Run& run) { return *run.efficiency; });
  }
  summary.latency_p50_ns =
      percentile_over(valid, 50, [](const Run& run) { return latency_at(run, 50); });
  summary.latency_p99_ns =
      percentile_over(valid, 99, [](const Run& run) { return latency_at(run, 99); });
  summary.latency_by_percentile = percentiles(valid);
  summarize_open_loop(valid, summary);
}

void summarize_cost(const ValidRuns& valid, Summary& summary) {
  summary.cpu_us_per_request = over_runs(valid, cpu_us_per_request);
  summary.peak_memory_bytes =
      over_runs(valid, [](const Run& run) { return run.peak_memory_bytes; });
  summary.context_switches_per_request = over_runs(valid, [](const Run& run) {
    return per_request(run, run.context_switches.voluntary + run.context_switches.involuntary);
  });
}

// The larger of the middle two of an even number.
double upper_median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

void summarize_success(const ValidRuns& valid, Summary& summary) {
  summary.success_share =
      over_runs(valid, [](const Run& run) { return per_request(run, run.requests.ok); });
  summary.goodput_per_second = over_runs(valid, goodput);
  summary.amplification = over_runs(valid, [](const Run& run) {
    if (run.requests.ok == 0) return 0.0;
    return static_cast<double>(run.requests.attempts) / static_cast<double>(run.requests.ok);
  });
  std::vector<double> timed_out;
  for (const Run* run : valid) timed_out.push_back(timed_out_share(*run));
  summary.timed_out_share = upper_median(std::move(timed_out));
  summary.has_failures = std::ranges::any_of(
      valid, [](const Run* run) { return run->requests.failed > 0 || run->requests.retried > 0; });
}

void summarize_server(const ValidRuns& valid, Summary& summary) {
  for (const Run* run : valid) {
    if (!run->server) continue;
    summary.connections = std::max(summary.connections.value_or(0), run->server->connections);
    summary.peak_in_flight =
        std::max(summary.peak_in_flight.value_or(0), run->server->peak_in_flight);
  }
}

}  // namespace

Summary summarize(const std::vector<Run>& runs) {
  const ValidRuns valid = valid_runs(runs);
  Summary summary;
  summary.valid_runs = static_cast<unsigned>(valid.size());
  summary.total_runs = static_cast<unsigned>(runs.size());
  summary.noisy_runs = static_cast<unsigned>(
      std::ranges::count_if(runs, [](const Run& run) { return has_flag(run, Flag::noisy); }));
  summarize_time(valid, summary);
  summarize_cost(valid, summary);
  summarize_success(valid, summary);
  static_cast<PartsOfSome&>(summary) = parts_of(valid);
  summarize_server(valid, summary);
  summary.limited_by = common_limit(valid);
  return summary;
}

bool is_timed_out(const Summary& summary, double percentile) {
  return exceeds_tail(summary.timed_out_share, percentile);
}

std::int64_t running_ns(const Run& run) {
  return run.makespan_ns + (run.steady ? run.steady->warm_up_ns : 0);
}

std::string name_of(const FailureKind& kind) {
  return kind.status == 0 ? kind.outcome : std::to_string(kind.status);
}

std::string first_reason(const Run& run) {
  return run.reasons.empty() ? std::string() : run.reasons.front();
}

bool has_flag(const Run& run, Flag flag) {
  return std::ranges::find(run.flags, flag) != run.flags.end();
}

Interval success_of_all(const std::vector<Run>& runs) {
  std::uint64_t ok = 0;
  std::uint64_t total = 0;
  for (const Run& run : runs) {
    if (!run.valid) continue;
    ok += run.requests.ok;
    total += run.requests.total;
  }
  return share_interval(ok, total);
}

}  // namespace fanout
