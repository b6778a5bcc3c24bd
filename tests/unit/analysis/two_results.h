// Two results made up by hand, to be held against each other.
#pragma once

#include <vector>

#include "harness/analysis/compare.h"
#include "tests/unit/sample_report.h"

namespace fanout::unit_test {

using Makespans = std::vector<double>;  // ms

// Rounds that differ by 1 %, as those of a calm machine do.
inline const Makespans kTen{100, 101, 99, 100.5, 99.5, 100, 101, 99, 100.5, 99.5};

inline Makespans times(const Makespans& makespans, double factor) {
  Makespans scaled = makespans;
  for (double& one : scaled) one *= factor;
  return scaled;
}

// A result of one cell.
inline Report report_of(const char* strategy, const Makespans& makespans) {
  Report report = bare_report();
  add_cell(report, strategy, 10, makespans);
  return report;
}

// What has changed by makespan.
inline Changes compared(const Report& base, const Report& next, double threshold = 0.05) {
  const Measure* by[] = {&measures().front()};
  return compare_results(base, next, {by, threshold});
}

}  // namespace fanout::unit_test
