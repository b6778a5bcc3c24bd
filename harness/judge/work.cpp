#include "harness/judge/work.h"

#include <fmt/format.h>

#include "base/units.h"
#include "harness/machine/usage.h"

namespace fanout {

std::optional<WorkMet> work_met(const Execution& execution, const Cell& cell,
                                const Scenario& scenario) {
  if (!scenario.work.any() || is_external(cell) || execution.work_done == nullptr) {
    return std::nullopt;
  }
  WorkMet met;
  met.answers = execution.work_done->answers.load();
  met.not_json = execution.work_done->not_json.load();
  const auto all_ns = static_cast<double>(execution.work_done->cpu_ns.load());
  if (met.answers > 0) met.cpu_ns = all_ns / static_cast<double>(met.answers);
  return met;
}

// The CPU of programs when they are ready is known to a clock tick for each of their processes.
std::vector<std::string> doubts_about_work(const Execution& execution, const Cell& cell,
                                           const Scenario& scenario, std::uint64_t ok,
                                           std::uint64_t body_bytes) {
  constexpr double kLeast = 0.97;
  const CellHeader& header = execution.header;
  if (!scenario.work.any() || header.finished == 0) return {};
  std::vector<std::string> doubts;
  const auto met = work_met(execution, cell, scenario);
  if (met && met->answers != ok) {
    doubts.push_back(
        fmt::format("work was done on {} answers, and {} were right", met->answers, ok));
  }
  if (met && scenario.work.body != BodyWork::none && scenario.real_targets() == nullptr) {
    const std::uint64_t worked = execution.work_done->body_bytes.load();
    const std::uint64_t odd = execution.work_done->not_json.load();
    if (worked != body_bytes) {
      doubts.push_back(
          fmt::format("work was done on {} bytes of bodies, and {} came in", worked, body_bytes));
    }
    if (odd > 0) {
      doubts.push_back(
          fmt::format("{} {} could not be parsed as JSON", odd, odd == 1 ? "body" : "bodies"));
    }
  }
  const double asked_ns = static_cast<double>(ok) * static_cast<double>(scenario.work.cpu.count());
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
