// Figures of one run that are worked out of others. Pure functions.
#pragma once

#include <cstdint>

#include "harness/result/run.h"

namespace fanout {

// The requests that makespan and CPU time of a run are of: all, or those of its steady state.
std::uint64_t measured_requests(const Run& run);

// The bytes of the bodies that one request brought on average; 0 if they are not known.
double body_bytes_per_request(const Run& run);

// Requests per second of one run, and client CPU time for each request.
double throughput(const Run& run);
// The same of requests that succeeded.
double goodput(const Run& run);
double cpu_us_per_request(const Run& run);

}  // namespace fanout
