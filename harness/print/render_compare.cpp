#include "harness/print/render_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/units.h"
#include "harness/document/compare_json.h"
#include "harness/document/lines.h"
#include "harness/print/render_changes.h"

namespace fanout {
namespace {

std::string heading(const Compared& compared) {
  const auto line = [](const char* which, const std::string& name, const Report& report) {
    return fmt::format("{}: {} (fanout {}, commit {}, {}, seed {})\n", which, name,
                       report.tool.version, report.tool.commit, report.started_at,
                       report.plan.seed);
  };
  return line("BASE", compared.base_name, compared.base) +
         line("NEW ", compared.next_name, compared.next) + "\n";
}

// "noisy x 3": how many runs of a result carry each flag.
std::string flags_of(const Report& report) {
  std::map<std::string_view, unsigned> counts;  // in alphabetical order
  for (const CellReport& cell : report.cells) {
    for (const Run& run : cell.runs) {
      for (const Flag flag : run.flags) ++counts[name_of(flag)];
    }
  }
  std::string text;
  for (const auto& [flag, count] : counts) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", flag, count);
  }
  return text;
}

// What a reader must know besides the rows.
std::string notes(const Compared& compared, const Changes& changes) {
  std::string text;
  const auto note = [&](const std::string& line) { text += "note: " + line + "\n"; };
  for (const std::string& line : compared.differences) note("differs, overruled: " + line);
  for (const auto& [name, report] :
       {std::pair{"BASE", &compared.base}, std::pair{"NEW", &compared.next}}) {
    for (const std::string& line : report->warnings) note(fmt::format("{}: {}", name, line));
    const std::string flags = flags_of(*report);
    if (!flags.empty()) note(fmt::format("{}: runs with flags: {}", name, flags));
  }
  if (compared.base.plan.seed != compared.next.plan.seed) {
    note("other seeds: rounds did not do the same work, so intervals are wider than they need be");
  }
  for (const InvalidRuns& one : changes.invalid) {
    note(
        fmt::format("{} ({}): {} of {} valid in BASE, {} of {} in NEW; only rounds valid in both "
                    "are compared",
                    cell_text(one.cell), one.cell.scenario, one.base.valid_runs,
                    counted(one.base.total_runs, "run"), one.next.valid_runs, one.next.total_runs));
  }
  for (const Cell& cell : changes.base_only) {
    note(fmt::format("{} ({}) is in BASE only", cell_text(cell), cell.scenario));
  }
  for (const Cell& cell : changes.next_only) {
    note(fmt::format("{} ({}) is in NEW only", cell_text(cell), cell.scenario));
  }
  return text;
}

}  // namespace

std::string render_comparison(const Compared& compared, const Changes& changes, Format format) {
  if (format == Format::json) {
    return to_text(comparison_to_json(compared, changes));
  }
  std::string text = heading(compared);
  Draw draw = to_text;
  if (format == Format::markdown) draw = to_markdown;
  text += render_changes(changes, compared.base.plan, draw);
  return text + notes(compared, changes) + conclusion_of(changes);
}

}  // namespace fanout
