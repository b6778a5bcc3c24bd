// The figures that are given of a distribution of times.
#pragma once

#include "base/histogram.h"
#include "harness/result/run.h"

namespace fanout {

Latency latency_of(const Histogram& histogram);

}  // namespace fanout
