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
  std::string text;
  const auto add = [&](const char* which, const std::vector<NamedResult>& results) {
    for (const auto& [name, report] : results) {
      text += fmt::format("{}: {} (fanout {}, commit {}, {}, seed {})\n", which, name,
                          report->tool.version, report->tool.commit, report->started_at,
                          report->plan.seed);
    }
  };
  add("BASE", compared.base);
  add("NEW ", compared.next);
  return text + "\n";
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

std::string note(const std::string& line) { return "note: " + line + "\n"; }

// What the results say of themselves; of several on a side each is named.
std::string notes_of_results(const char* side, const std::vector<NamedResult>& results) {
  std::string text;
  for (const auto& [name, report] : results) {
    const std::string which = results.size() == 1 ? side : fmt::format("{} {}", side, name);
    for (const std::string& line : report->warnings) text += note(which + ": " + line);
    const std::string flags = flags_of(*report);
    if (!flags.empty()) text += note(fmt::format("{}: runs with flags: {}", which, flags));
  }
  return text;
}

// By what the figures were judged.
std::string notes_of_method(const Compared& compared, const Changes& changes) {
  if (changes.of_sessions) {
    return note(
        "a result is one value: the intervals come from what differs between results of a side; "
        "Holm's correction is for all comparisons together");
  }
  std::string text = note("Holm's correction is for all cells of a measure together");
  if (any_drift(changes)) {
    text += note(
        "drift is how the machine itself changed, by the client floor and the server's CPU time; "
        "NEW/BASE is without it, and 95% allows for all and for none of it");
  }
  if (compared.base.front().report->plan.seed != compared.next.front().report->plan.seed) {
    text += note(
        "other seeds: rounds did not do the same work, so intervals are wider than they need be");
  }
  return text;
}

// What a reader must know besides the rows.
std::string notes(const Compared& compared, const Changes& changes) {
  std::string text;
  for (const std::string& line : compared.overruled) text += note("differs, overruled: " + line);
  for (const std::string& line : compared.trifles) text += note("differs, no matter: " + line);
  text += notes_of_results("BASE", compared.base) + notes_of_results("NEW", compared.next);
  text += notes_of_method(compared, changes);
  for (const InvalidRuns& one : changes.invalid) {
    text += note(
        fmt::format("{} ({}): {} of {} valid in BASE, {} of {} in NEW; only {} are compared",
                    cell_text(one.cell), one.cell.scenario, one.base.valid_runs,
                    counted(one.base.total_runs, "run"), one.next.valid_runs, one.next.total_runs,
                    changes.of_sessions ? "valid runs" : "rounds valid in both"));
  }
  for (const Cell& cell : changes.base_only) {
    text += note(fmt::format("{} ({}) is in BASE only", cell_text(cell), cell.scenario));
  }
  for (const Cell& cell : changes.next_only) {
    text += note(fmt::format("{} ({}) is in NEW only", cell_text(cell), cell.scenario));
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
  text += render_changes(changes, compared.base.front().report->plan, draw);
  return text + notes(compared, changes) + conclusion_of(changes);
}

}  // namespace fanout
