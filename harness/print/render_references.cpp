#include "harness/print/render_references.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "base/units.h"
#include "harness/analysis/reference_figures.h"

namespace fanout {
namespace {

std::string client_of(const CellReport& row) {
  return fmt::format("{} / {} / {}", row.cell.strategy, row.cell.transport,
                     counted(row.cell.workers, "worker"));
}

// Of the server's CPU, in microseconds: the median over valid runs.
double server_us_per_request(const CellReport& row) {
  std::vector<double> costs;
  for (const Run& run : row.runs) {
    if (!run.valid || !run.server) continue;
    costs.push_back(static_cast<double>(run.server->cpu_ns) / 1e3 /
                    static_cast<double>(run.requests.total));
  }
  return median_interval(std::move(costs)).median;
}

}  // namespace

std::string render_references(const Report& report, const Scenario& scenario) {
  std::string text;
  const CellReport* floor = reference_of(report, scenario.name, Role::floor);
  if (floor != nullptr && floor->summary.valid_runs > 0) {
    text += fmt::format(
        "x floor: CPU per request relative to that of a bare epoll loop in the same rounds, {} us "
        "({})\n",
        format_number(floor->summary.cpu_us_per_request.median), client_of(*floor));
  }
  const CellReport* ceiling = reference_of(report, scenario.name, Role::ceiling);
  if (ceiling != nullptr && ceiling->summary.valid_runs > 0) {
    text += fmt::format(
        "server ceiling here: {}{} req/s, {} us of server CPU each ({}, nothing waits or fails)\n",
        ceiling->summary.limited_by == "server" ? "" : "at least ",
        format_number(ceiling->summary.requests_per_second.median),
        format_number(server_us_per_request(*ceiling)), client_of(*ceiling));
  }
  return text.empty() ? text : "\n" + text;  // or Markdown takes it for rows of the table
}

}  // namespace fanout
