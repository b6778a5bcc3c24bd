// What the valid runs of a cell say together. A pure function of the runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/result/run.h"
#include "harness/result/run_figures.h"
#include "harness/result/summary_parts.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// The service time at one percentile: the median of the runs' own, since percentiles of requests
// pooled over runs would hide that runs differ. Where more requests of a run timed out than lie
// beyond the percentile (time_limit_at()), that run's is the time limit: no less is known of it.
struct PercentilePoint {
  double percentile = 0;  // 0..100
  Interval latency_ns;
};

// Over the valid runs of a cell: medians over runs, each with its interval.
struct Summary : PartsOfSome {
  unsigned valid_runs = 0;
  unsigned total_runs = 0;
  unsigned noisy_runs = 0;  // of all: neighbours disturbed them, their repetition too
  Interval makespan_ns;
  Interval requests_per_second;
  std::optional<Interval> efficiency;  // nothing: a run has none
  Interval cpu_us_per_request;
  Interval latency_p50_ns;
  Interval latency_p99_ns;
  std::optional<Interval> response_p50_ns;  // mode open, as the next two
  std::optional<Interval> response_p99_ns;
  std::optional<Interval> achieved_share;  // of the rate offered, 0..1
  Interval peak_memory_bytes;
  Interval context_switches_per_request;
  Interval success_share;       // requests that succeeded, of all: 0..1
  Interval goodput_per_second;  // requests that succeeded
  Interval amplification;       // attempts per request that succeeded; 0 if none did
  // Requests that timed out, of all: the median, and of an even number of runs the larger of the
  // middle two.
  double timed_out_share = 0;
  bool has_failures = false;  // some request failed, or was made again, in a valid run
  std::vector<PercentilePoint> latency_by_percentile;  // ascending; only with 10 requests beyond
  // Counted by the embedded server: the largest of any valid run; nothing if it took no part.
  std::optional<std::uint64_t> connections;
  std::optional<std::uint64_t> peak_in_flight;
  Limit limited_by = Limit::none;  // what limited most of the valid runs
};

Summary summarize(const std::vector<Run>& runs);

// Whether a percentile of service and response times is the time limit, and the truth is more:
// in half of the runs or more, more of the requests timed out than lie beyond it.
bool is_timed_out(const Summary& summary, double percentile);

// The share of requests that succeeded over all valid runs together, of which there is one at
// least, with exact limits: a run that failed as a whole is no outlier to be passed over.
Interval success_of_all(const std::vector<Run>& runs);

}  // namespace fanout
