#include "harness/print/latency_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/units.h"
#include "harness/result/timed_out.h"

namespace fanout {
namespace {

// Whether more of its requests failed otherwise than by a time-out than lie beyond p99.
bool lacks_failures(const CellReport& cell) {
  const Summary& summary = cell.summary;
  if (summary.valid_runs == 0 || summary.timed_out_share >= 1) return false;
  const double counted_in = summary.success_share.median / (1 - summary.timed_out_share);
  return summary.success_share.median > 0 && exceeds_tail(1 - counted_in, 99);
}

bool shows_a_time_limit(const CellReport& cell) { return is_timed_out(cell.summary, 99); }

}  // namespace

std::string latency_text(const Summary& summary, const Interval& latency, double percentile) {
  if (is_timed_out(summary, percentile)) return "> " + format_duration(latency.median);
  return summary.success_share.median == 0 ? "-" : format_duration(latency.median);
}

std::string latency_notes(const Report& report, const Scenario& scenario) {
  std::size_t cells = 0;
  std::size_t timed_out = 0;
  std::size_t without_failures = 0;
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name || cell.summary.valid_runs == 0) continue;
    ++cells;
    timed_out += shows_a_time_limit(cell) ? 1 : 0;
    without_failures += lacks_failures(cell) ? 1 : 0;
  }
  std::string text;
  if (timed_out > 0) {
    text +=
        ">: more of the requests timed out than lie beyond the percentile, which is the time "
        "limit or more\n";
  }
  if (without_failures > 0) {
    text += fmt::format(
        "p50 and p99 are of the requests that succeeded; in {} of {} more than 1 % failed, "
        "time-outs not counted\n",
        without_failures, counted(cells, "cell"));
  }
  return text;
}

}  // namespace fanout
