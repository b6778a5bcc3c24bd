// The parts of a summary that only some measurements have: limits, hedges, work, large bodies, and
// where time goes.
#pragma once

#include <optional>
#include <vector>

#include "harness/result/run.h"
#include "harness/statistics/statistics.h"

namespace fanout {

using ValidRuns = std::vector<const Run*>;

// A figure of each of these runs: their median, with its interval.
Interval over_runs(const ValidRuns& runs, auto figure) {
  std::vector<double> values;
  for (const Run* run : runs) values.push_back(static_cast<double>(figure(*run)));
  return median_interval(std::move(values));
}

double per_request(const Run& run, auto figure) {
  return static_cast<double>(figure) / static_cast<double>(run.requests.total);
}

// What came of the limits of the server and of the strategy (LimitsMet), over the runs that have
// them.
struct LimitsSummary {
  Interval refused_share;
  std::optional<Interval> overshoot;
  std::optional<Interval> fairness;
  std::optional<Interval> settle_ns;  // over the runs that settled
  unsigned settled_runs = 0;
};

// Hedges, over all requests: extra load, and how often it was worth it.
struct HedgesSummary {
  Interval sent_share;
  Interval won_share;
};

// Of large bodies: how many bytes come in, and what they cost. Where bodies are small, it is
// requests that cost.
inline constexpr double kLargeBody = 65536;  // bytes, on average
struct BodiesSummary {
  Interval mb_per_second;  // of bodies, 10^6 bytes
  Interval cpu_s_per_gib;  // CPU time of the client for each 2^30 bytes of bodies
};

// Phases, over the runs that have them and in which something was answered.
struct PhasesSummary {
  Interval queue_ns;  // mode open: from when requests were due until they were begun; else 0
  Interval connect_ns;
  Interval handshake_ns;
  Interval first_byte_ns;
  Interval body_ns;
};

// Nothing where no run has any.
struct PartsOfSome {
  std::optional<LimitsSummary> limits;
  std::optional<HedgesSummary> hedges;
  std::optional<Interval> work_us_per_answer;  // CPU time
  std::optional<BodiesSummary> bodies;
  std::optional<PhasesSummary> phases;
};
PartsOfSome parts_of(const ValidRuns& valid);

}  // namespace fanout
