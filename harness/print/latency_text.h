// Percentiles of latency for people, who have to see where failures make them say less.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

// A percentile of service or response times: "12.3 ms"; "> 1.00 s", the time limit, where more of
// the requests timed out than lie beyond it; else "-" if none succeeded.
std::string latency_text(const Summary& summary, const Interval& latency, double percentile);

// What failures make of p50 and p99 in the table of a scenario, a line for each way; "" if nothing.
std::string latency_notes(const Report& report, const Scenario& scenario);

}  // namespace fanout
