#include "harness/analysis/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

double makespan_of(const CellReport* cell) { return cell->summary.makespan_ns.median; }

constexpr std::array<Pace, 3> kPaces{{
    {"makespan", &makespan_of,
     [](const CellReport* cell) { return format_duration(makespan_of(cell)); },
     [](const CellReport& cell, const Scenario& scenario) {
       return fmt::format("{} for {}", format_duration(makespan_of(&cell)),
                          counted(scenario.requests, "request"));
     },
     "the shortest time"},
    {"throughput",
     [](const CellReport* cell) { return 1e9 / cell->summary.requests_per_second.median; },
     [](const CellReport* cell) {
       return format_number(cell->summary.requests_per_second.median) + " requests a second";
     },
     [](const CellReport& cell, const Scenario&) {
       return format_number(cell.summary.requests_per_second.median) + " requests a second";
     },
     "the most requests a second"},
    {"response_p99",
     [](const CellReport* cell) {
       const auto& p99 = cell->summary.response_p99_ns;
       return p99 ? p99->median : std::numeric_limits<double>::infinity();
     },
     [](const CellReport* cell) { return format_duration(cell->summary.response_p99_ns->median); },
     [](const CellReport& cell, const Scenario&) {
       const auto& p99 = cell.summary.response_p99_ns;
       return fmt::format("99 of 100 requests answered within {} of when they were due",
                          p99 ? format_duration(p99->median) : "?");
     },
     "the shortest of such times"},
}};

}  // namespace

const Pace* pace_by(const Measure& measure) {
  for (const Pace& pace : kPaces) {
    if (pace.measure == measure.name) return &pace;
  }
  return nullptr;
}

const Measure& pace_of(const Scenario& scenario) {
  const Pace& pace = kPaces[scenario.mode == Mode::batch    ? 0
                            : scenario.mode == Mode::steady ? 1
                                                            : 2];
  return *std::ranges::find(measures(), pace.measure, &Measure::name);
}

}  // namespace fanout
