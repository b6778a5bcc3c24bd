#include "harness/result/run_figures.h"

namespace fanout {
namespace {

// Per second of the time that was measured.
double per_second(const Run& run, std::uint64_t count) {
  return static_cast<double>(count) * 1e9 / static_cast<double>(run.makespan_ns);
}

}  // namespace

std::uint64_t measured_requests(const Run& run) {
  return run.steady ? run.steady->requests : run.requests.total;
}

double cpu_us_per_request(const Run& run) {
  return static_cast<double>(run.cpu_ns) / 1e3 / static_cast<double>(measured_requests(run));
}

double body_bytes_per_request(const Run& run) {
  if (!run.requests.body_bytes || run.requests.total == 0) return 0;
  return static_cast<double>(*run.requests.body_bytes) / static_cast<double>(run.requests.total);
}

double goodput(const Run& run) {
  return per_second(run, run.steady ? run.steady->ok : run.requests.ok);
}

double throughput(const Run& run) { return per_second(run, measured_requests(run)); }

}  // namespace fanout
