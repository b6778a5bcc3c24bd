#include "harness/result/timed_out.h"

#include <algorithm>

namespace fanout {
namespace {

double share_ended_as(const Run& run, const char* outcome) {
  const auto found = run.errors.find(outcome);
  if (found == run.errors.end() || run.requests.total == 0) return 0;
  return static_cast<double>(found->second) / static_cast<double>(run.requests.total);
}

}  // namespace

double timed_out_share(const Run& run) {
  return share_ended_as(run, "timeout") + share_ended_as(run, "connect_timeout");
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
