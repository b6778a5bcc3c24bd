#include "harness/judge/latency.h"

namespace fanout {

Latency latency_of(const Histogram& histogram) {
  constexpr std::uint64_t kSamplesForP999 = 10'000;
  Latency latency{.min = histogram.min(),
                  .mean = histogram.mean(),
                  .p50 = histogram.quantile(0.5),
                  .p90 = histogram.quantile(0.9),
                  .p99 = histogram.quantile(0.99),
                  .p999 = std::nullopt,
                  .max = histogram.max()};
  if (histogram.count() >= kSamplesForP999) latency.p999 = histogram.quantile(0.999);
  return latency;
}

}  // namespace fanout
