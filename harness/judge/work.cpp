#include "harness/judge/work.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harness/machine/usage.h"

namespace fanout {

std::optional<WorkMet> work_met(const Execution& execution, const Cell& cell,
                                const Scenario& scenario) {
  if (scenario.work.count() == 0 || is_external(cell) || execution.work_done == nullptr) {
    return std::nullopt;
  }
  WorkMet met;
  met.answers = execution.work_done->answers.load();
  const auto all_ns = static_cast<double>(execution.work_done->cpu_ns.load());
  if (met.answers > 0) met.cpu_ns = all_ns / static_cast<double>(met.answers);
  return met;
}

// The CPU of programs when they are ready is known to a clock tick for each of their processes.
std::vector<std::string> doubts_about_work(const Execution& execution, const Cell& cell,
                                           const Scenario& scenario, std::uint64_t ok) {
  constexpr double kLeast = 0.97;
  const CellHeader& header = execution.header;
  if (scenario.work.count() == 0 || header.finished == 0) return {};
  std::vector<std::string> doubts;
  const auto met = work_met(execution, cell, scenario);
  if (met && met->answers != ok) {
    doubts.push_back(
        fmt::format("work was done on {} answers, and {} were right", met->answers, ok));
  }
  const double asked_ns = static_cast<double>(ok) * static_cast<double>(scenario.work.count());
  const std::int64_t unknown_ns = is_external(cell) ? header.processes * clock_tick_ns() : 0;
  const auto used_ns =
      static_cast<double>(header.cpu_at_end_ns - header.cpu_at_ready_ns + unknown_ns);
  if (used_ns < kLeast * asked_ns) {
    doubts.push_back(fmt::format("it used {} of CPU time, and the work on {} answers takes {}",
                                 format_duration(used_ns), ok, format_duration(asked_ns)));
  }
  return doubts;
}

}  // namespace fanout
