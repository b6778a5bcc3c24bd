#include "harness/print/render_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/units.h"
#include "harness/document/compare_json.h"
#include "harness/document/lines.h"
#include "harness/print/table.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string heading(const Compared& compared) {
  const auto line = [](const char* which, const std::string& name, const Report& report) {
    return fmt::format("{}: {} (fanout {}, commit {}, {}, seed {})\n", which, name,
                       report.tool.version, report.tool.commit, report.started_at,
                       report.plan.seed);
  };
  return line("BASE", compared.base_name, compared.base) +
         line("NEW ", compared.next_name, compared.next) + "\n";
}

std::string figure_text(double nanoseconds) {
  return nanoseconds == 0 ? "-" : format_duration(nanoseconds);
}

std::vector<std::string> row_of(const Change& change) {
  const Comparison& found = change.comparison;
  const bool compared = found.rounds > 0;
  return {change.cell.strategy,
          change.cell.transport,
          std::to_string(change.cell.workers),
          std::string(change.measure->figure),
          figure_text(change.base),
          figure_text(change.next),
          compared ? fmt::format("{:.3f}", found.ratio) : "-",
          found.low ? fmt::format("{:.3f} to {:.3f}", *found.low, *found.high) : "-",
          compared ? std::to_string(found.rounds) : "-",
          in_words(change)};
}

Table table_of(const Changes& changes, const Scenario& scenario) {
  Table table{.columns = {{"strategy", Align::left},
                          {"transport", Align::left},
                          {"workers"},
                          {"measure", Align::left},
                          {"BASE"},
                          {"NEW"},
                          {"NEW/BASE"},
                          {"95%"},
                          {"rounds"},
                          {"verdict", Align::left}},
              .rows = {}};
  for (const Change& change : changes.changes) {
    if (change.cell.scenario == scenario.name) table.rows.push_back(row_of(change));
  }
  return table;
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

std::string percent(double share) { return fmt::format("{:.3g} %", 100 * share); }

bool is_regression(const Change& change) { return change.finding == Finding::regression; }

// What NEW lacks; "" if nothing.
std::string incompleteness(const Changes& changes) {
  if (!is_incomplete(changes)) return {};
  std::string text;
  if (const std::size_t invalid = invalid_in_next(changes); invalid > 0) {
    text = counted(invalid, "cell") + " without all runs valid in NEW";
  }
  if (!changes.base_only.empty()) {
    text += fmt::format("{}{} of BASE missing from NEW", text.empty() ? "" : ", ",
                        counted(changes.base_only.size(), "cell"));
  }
  return fmt::format("incomplete: {}\n", text);
}

std::string no_regression(const Changes& changes) {
  const auto declined = static_cast<std::size_t>(
      std::ranges::count(changes.changes, Finding::declined, &Change::finding));
  if (declined == changes.changes.size()) return "nothing judged: not enough evidence\n";
  return fmt::format("no regression beyond {} in {}{}\n", percent(changes.threshold),
                     counted(changes.changes.size(), "comparison"),
                     declined > 0 ? fmt::format(", of which {} allow no verdict", declined) : "");
}

std::string regressions(const Changes& changes) {
  const auto count =
      std::ranges::count_if(changes.changes, is_regression) +
      std::ranges::count(changes.successes, Finding::regression, &SuccessChange::finding);
  std::string text =
      fmt::format("{} beyond {}:\n", counted(static_cast<std::uint64_t>(count), "regression"),
                  percent(changes.threshold));
  for (const SuccessChange& one : changes.successes) {
    if (one.finding != Finding::regression) continue;
    text += fmt::format("  {} ({}), success: {}\n", cell_text(one.cell), one.cell.scenario,
                        in_words(one).substr(std::string_view("regression: ").size()));
  }
  for (const Change& change : changes.changes) {
    if (!is_regression(change)) continue;
    text += fmt::format("  {} ({}), {}: {:.2f}x {} (95 % interval {:.2f} to {:.2f}, {})\n",
                        cell_text(change.cell), change.cell.scenario, change.measure->figure,
                        change.comparison.ratio, change.measure->worse, *change.comparison.low,
                        *change.comparison.high, counted(change.comparison.rounds, "round"));
  }
  return text;
}

// How many requests succeeded, where any failed: before all figures, which are of the others.
std::string successes(const Changes& changes, const Scenario& scenario) {
  std::string text;
  for (const SuccessChange& one : changes.successes) {
    if (one.cell.scenario != scenario.name) continue;
    text += fmt::format("success of {}: {}\n", cell_text(one.cell), in_words(one));
  }
  return text.empty() ? text : text + "\n";
}

// What sets the exit code comes last.
std::string conclusion(const Changes& changes) {
  if (has_regression(changes)) return incompleteness(changes) + regressions(changes);
  return no_regression(changes) + incompleteness(changes);
}

}  // namespace

std::string render_against(const Report& report, const Analysis& analysis, Draw draw) {
  if (!analysis.against) return {};
  const OtherBuild& other = *report.plan.against;
  std::string text = fmt::format(
      "NEW is this fanout ({}, commit {}), BASE is {} ({}, commit {}), in "
      "the same rounds\n\n",
      report.tool.version, report.tool.commit, other.command, other.tool.version,
      other.tool.commit);
  for (const Scenario& scenario : report.plan.scenarios) {
    const Table table = table_of(*analysis.against, scenario);
    if (table.rows.empty()) continue;
    text += scenario.name + "\n\n" + successes(*analysis.against, scenario) + draw(table) + "\n";
  }
  return text + conclusion(*analysis.against) + "\n";
}

std::string render_comparison(const Compared& compared, const Changes& changes, Format format) {
  if (format == Format::json) {
    return to_text(comparison_to_json(compared, changes));
  }
  std::string text = heading(compared);
  for (const Scenario& scenario : compared.base.plan.scenarios) {
    const Table table = table_of(changes, scenario);
    if (table.rows.empty()) continue;
    text += scenario.name + "\n\n" + successes(changes, scenario);
    text += (format == Format::markdown ? to_markdown(table) : to_text(table)) + "\n";
  }
  return text + notes(compared, changes) + conclusion(changes);
}

}  // namespace fanout
