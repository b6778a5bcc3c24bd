// A report as Google Benchmark's JSON, for its compare.py and for dashboards that read it.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/result/report.h"

namespace fanout {

// "thread_pool/curl_easy/api-fanout/workers:10": a cell as Google Benchmark names a benchmark.
std::string benchmark_name(const Cell& cell);

// A repetition per run. Mode batch: one iteration, real_time is the makespan, cpu_time the client's
// CPU time. Mode steady: an iteration per request of the window, both times are divided by them.
// Mode open: the same, but real_time is the mean response time. An invalid run is one with
// error_occurred.
nlohmann::json to_gbench(const Report& report);

}  // namespace fanout
