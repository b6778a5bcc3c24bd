#include "harness/result/timed_out.h"

#include <algorithm>
#include <cmath>

#include "base/histogram.h"

namespace fanout {
namespace {

std::uint64_t count_ended_as(const Run& run, const char* outcome) {
  const auto found = run.errors.find(outcome);
  return found == run.errors.end() ? 0 : found->second;
}

// Of the requests that succeeded or timed out.
double share_ended_as(const Run& run, const char* outcome) {
  const std::uint64_t late =
      count_ended_as(run, "timeout") + count_ended_as(run, "connect_timeout");
  const std::uint64_t all = run.requests.ok + late;
  if (all == 0) return 0;
  return static_cast<double>(count_ended_as(run, outcome)) / static_cast<double>(all);
}

// Requests that timed out took longer than all that succeeded: they move a percentile up among
// those.
std::int64_t among_successes(const Run& run, double percentile, const Latency& known,
                             const Histogram::Buckets& buckets) {
  const double share = timed_out_share(run);
  if (share == 0 && percentile == 50) return known.p50;
  if (share == 0 && percentile == 99) return known.p99;
  const Histogram successes = Histogram::of_buckets(buckets, known.min, known.max);
  return successes.quantile(std::min(1.0, percentile / 100 / (1 - share)));
}

}  // namespace

double timed_out_share(const Run& run) {
  return share_ended_as(run, "timeout") + share_ended_as(run, "connect_timeout");
}

std::int64_t latency_at(const Run& run, double percentile) {
  return among_successes(run, percentile, run.latency_ns, run.histogram);
}

std::int64_t response_at(const Run& run, double percentile) {
  return among_successes(run, percentile, run.open->response_ns, run.open->response_histogram);
}

bool exceeds_tail(double share, double percentile) {
  constexpr double kRounding = 1e-9;  // 10 of 1,000 requests are no more than 1 %
  return share > 1 - percentile / 100 + kRounding;
}

std::optional<std::int64_t> time_limit_at(const Run& run, double percentile) {
  const auto [request_ns, connect_ns] = run.time_limits;
  if (request_ns == 0 || !exceeds_tail(timed_out_share(run), percentile)) return std::nullopt;
  if (exceeds_tail(share_ended_as(run, "timeout"), percentile)) return request_ns;
  return std::min(request_ns, connect_ns);
}

}  // namespace fanout
