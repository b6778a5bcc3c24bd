#include "harness/judge/timing.h"

#include <algorithm>

#include "base/histogram.h"
#include "harness/judge/latency.h"

namespace fanout {

Timing whole_run(const Execution& execution) {
  const CellHeader& header = execution.header;
  Timing timing;
  Histogram histogram;
  std::int64_t last_end_ns = header.ready_ns;
  if (const auto& tally = execution.samples.tally()) {
    last_end_ns = std::max(last_end_ns, tally->last_end_ns());
    histogram = tally->service_times();
  } else {
    for (const Sample& sample : execution.samples) {
      last_end_ns = std::max(last_end_ns, sample.end_ns);
      if (sample.outcome == Outcome::ok) histogram.add(sample.end_ns - sample.start_ns);
    }
  }
  timing.latency_ns = latency_of(histogram);
  timing.histogram = histogram.buckets();
  if (header.ready_ns != 0) timing.makespan_ns = last_end_ns - header.ready_ns;
  if (header.finished != 0) timing.cpu_ns = header.cpu_at_end_ns - header.cpu_at_ready_ns;
  if (timing.cpu_ns < 0) {
    timing.doubts.emplace_back("less CPU time at its end than when ready: not all was counted");
    timing.cpu_ns = 0;
  }
  timing.peak_memory_bytes = header.peak_memory_bytes;
  return timing;
}

}  // namespace fanout
