#include "harness/print/render_references.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

std::string client_of(const CellReport& row) {
  return fmt::format("{} / {} / {}", row.cell.strategy, transport_text(row.cell),
                     counted(row.cell.workers, "worker"));
}

}  // namespace

std::string render_references(const ScenarioAnalysis& scenario) {
  std::string text;
  for (const CellReport* floor : scenario.floors) {
    if (floor == nullptr) continue;
    const bool http1 = floor->cell.http == HttpVersion::http1;
    text += fmt::format(
        "x floor{}: CPU per request relative to that of {} in the same rounds, {} us ({})\n",
        http1 ? "" : " of HTTP/2", http1 ? "a bare epoll loop" : "libnghttp2 on one connection",
        format_number(floor->summary.cpu_us_per_request.median), client_of(*floor));
  }
  for (const auto& ceiling : scenario.ceilings) {
    if (!ceiling) continue;
    const CellReport& row = *ceiling->row;
    text += fmt::format(
        "server ceiling here: {}{} req/s, {} us of server CPU each ({}, nothing waits or fails)\n",
        row.summary.limited_by == Limit::server ? "" : "at least ",
        format_number(row.summary.requests_per_second.median),
        format_number(ceiling->server_us_per_request), client_of(row));
  }
  return text.empty() ? text : "\n" + text;  // or Markdown takes it for rows of the table
}

}  // namespace fanout
