// The lower bound of a run's makespan: no client could have done the same work in less
// (docs/reading-a-result.md, "Lower bound and efficiency").
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/judge/attempts.h"
#include "harness/judge/execution.h"
#include "harness/judge/limiter.h"
#include "harness/plan/plan.h"
#include "harness/result/run.h"

namespace fanout {

struct Bound {
  std::int64_t ns = 0;               // 0: none is known, as of real targets
  std::optional<double> efficiency;  // the bound / the makespan; nothing: none is known
  Waits waits;                       // how long there was to wait for others, at least
  std::string doubt;                 // that it is above the makespan, so a measurement is wrong; ""
};

// Bounds a run whose other figures are all known. REQUIRED: its makespan is above 0.
Bound bound_of(const Run& run, const Execution& execution, const Attempts& attempts,
               const Cell& cell, const Scenario& scenario);

}  // namespace fanout
