// The figures of a cell by the names that --fail-if knows them by. Pure functions of its summary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result/summary.h"

namespace fanout {

// What a figure is measured in, and so how people write it.
enum class Unit : std::uint8_t {
  time,    // ns; written as "50ms"
  share,   // 0..1; "99.9%"
  rate,    // per second; "900" or "900/s"
  bytes,   // "64MiB"
  number,  // "1.5"
};

// One figure.
struct Gauge {
  std::string name;  // "p99"
  Unit unit;
  double percentile = 0;  // of service or response times; 0: another figure
  // In its unit; nothing: the cell has none.
  std::optional<Interval> (*of)(const Summary& summary, double percentile);
  // Judged by this instead of the end of an interval; null: by the interval.
  Interval (*over_all_runs)(const std::vector<Run>& runs) = nullptr;
};

// The figure of this name: makespan, rps, goodput, efficiency, success, cpu, memory, switches,
// amplification, response_p50, response_p99, or a percentile such as p50 or p99.9. Nothing:
// unknown.
std::optional<Gauge> find_gauge(std::string_view name);

// All of these names, for messages.
std::string gauge_names();

// A value in this unit, as people write it ("50ms"). Nothing if it is not written so.
std::optional<double> parse_value(Unit unit, std::string_view text);
// A value for people: "50.0 ms".
std::string format_value(Unit unit, double value);
// How a value in this unit has to be written: "a duration such as 50ms".
std::string_view expected_value(Unit unit);

}  // namespace fanout
