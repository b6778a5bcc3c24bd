#include "harness/plan/baseline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace fanout {
namespace {

bool has_cells(const Plan& plan, const std::string& program) {
  return std::ranges::find(plan.programs, program, &PlannedProgram::name) != plan.programs.end();
}

// Why a program that was named has no cell.
std::string why_skipped(const Plan& plan, const std::string& program) {
  const auto found = std::ranges::find_if(
      plan.skipped, [&](const Skipped& one) { return one.cell.strategy == program; });
  return found == plan.skipped.end() ? "it is not run" : found->why.text;
}

}  // namespace

void set_baseline(Plan& plan, const Selection& selection, const std::string& name,
                  double threshold) {
  std::vector<std::string> names;
  for (const Program& program : selection.externals) names.push_back(program.name);
  if (std::ranges::find(names, name) == names.end()) {
    throw UsageError(fmt::format("--baseline {}: no program of --external has this name; {}", name,
                                 names.empty()
                                     ? "name two or more of yours"
                                     : fmt::format("there {} {}", names.size() == 1 ? "is" : "are",
                                                   fmt::join(names, ", "))));
  }
  if (!has_cells(plan, name)) {
    throw UsageError(fmt::format("--baseline {}: {}", name, why_skipped(plan, name)));
  }
  std::erase_if(names, [&](const auto& one) { return one == name || !has_cells(plan, one); });
  if (names.empty()) {
    throw UsageError(fmt::format(
        "--baseline {}: no other program of --external is run; name one to hold against it", name));
  }
  plan.baseline = Baseline{name, names, threshold};
}

}  // namespace fanout
