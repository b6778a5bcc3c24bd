#include "harness/print/render_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string figure_text(double nanoseconds) {
  return nanoseconds == 0 ? "-" : format_duration(nanoseconds);
}

// How many values were compared.
std::string count_of(const Change& change) {
  if (!change.sessions) return std::to_string(change.comparison.rounds);
  return fmt::format("{} + {}", change.sessions->base, change.sessions->next);
}

std::string count_in_words(const Change& change) {
  if (!change.sessions) return counted(change.comparison.rounds, "round");
  return fmt::format("{} and {} sessions", change.sessions->base, change.sessions->next);
}

std::vector<std::string> row_of(const Change& change) {
  const Comparison& found = change.comparison;
  const bool compared = found.rounds > 0;
  return {change.cell.strategy,
          transport_text(change.cell),
          std::to_string(change.cell.workers),
          std::string(change.measure->figure),
          figure_text(change.base),
          figure_text(change.next),
          compared ? fmt::format("{:.3f}", found.ratio) : "-",
          found.low ? fmt::format("{:.3f} to {:.3f}", *found.low, *found.high) : "-",
          change.drift ? fmt::format("{:.3f}", *change.drift) : "-",
          compared ? count_of(change) : "-",
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
                          {"drift"},
                          {changes.of_sessions ? "sessions" : "rounds"},
                          {"verdict", Align::left}},
              .rows = {}};
  for (const Change& change : changes.changes) {
    if (change.cell.scenario == scenario.name) table.rows.push_back(row_of(change));
  }
  if (any_drift(changes)) return table;
  std::erase_if(table.columns, [](const Column& column) { return column.title == "drift"; });
  for (auto& row : table.rows) row.erase(row.end() - 3);
  return table;
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

// Where no figure was asked for.
std::string no_fewer_successes(const Changes& changes) {
  const bool sure = std::ranges::none_of(
      changes.successes, [](const SuccessChange& one) { return one.finding == Finding::declined; });
  return sure ? "no regression: no cell in which fewer requests succeed\n"
              : "nothing judged: not enough evidence\n";
}

std::string no_regression(const Changes& changes) {
  if (changes.changes.empty() && changes.invalid.empty()) return no_fewer_successes(changes);
  const auto declined = static_cast<std::size_t>(
      std::ranges::count(changes.changes, Finding::declined, &Change::finding));
  if (declined == changes.changes.size()) {
    return changes.successes.empty() ? "nothing judged: not enough evidence\n"
                                     : "no figure judged: not enough evidence\n";
  }
  return fmt::format("no regression beyond {} in {}{}\n", percent(changes.threshold),
                     counted(changes.changes.size(), "comparison"),
                     declined > 0 ? fmt::format(", of which {} allow no verdict", declined) : "");
}

// Cells in which fewer requests succeed than did.
std::string fewer_successes(const Changes& changes) {
  std::string text;
  for (const SuccessChange& one : changes.successes) {
    if (one.finding != Finding::regression) continue;
    text += fmt::format("  {} ({}): {}\n", cell_text(one.cell), one.cell.scenario,
                        in_words(one).substr(std::string_view("regression: ").size()));
  }
  return text.empty() ? text : "regression: fewer requests succeed:\n" + text;
}

std::string regressions(const Changes& changes) {
  const auto count = std::ranges::count_if(changes.changes, is_regression);
  if (count == 0) return fewer_successes(changes);
  std::string text =
      fmt::format("{} beyond {}:\n", counted(static_cast<std::uint64_t>(count), "regression"),
                  percent(changes.threshold));
  for (const Change& change : changes.changes) {
    if (!is_regression(change)) continue;
    text += fmt::format("  {} ({}), {}: {:.2f}x {} (95 % interval {:.2f} to {:.2f}, {})\n",
                        cell_text(change.cell), change.cell.scenario, change.measure->figure,
                        change.comparison.ratio, change.measure->worse, *change.comparison.low,
                        *change.comparison.high, count_in_words(change));
  }
  return fewer_successes(changes) + text;
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

}  // namespace

std::string render_changes(const Changes& changes, const Plan& plan, Draw draw) {
  std::string text;
  for (const Scenario& scenario : plan.scenarios) {
    const Table table = table_of(changes, scenario);
    const std::string shares = successes(changes, scenario);
    if (table.rows.empty() && shares.empty()) continue;
    text += scenario.name + "\n\n" + shares;
    if (!table.rows.empty()) text += draw(table) + "\n";
  }
  return text;
}

std::string conclusion_of(const Changes& changes) {
  if (has_regression(changes)) return incompleteness(changes) + regressions(changes);
  return no_regression(changes) + incompleteness(changes);
}

std::string render_against(const Report& report, const Analysis& analysis, Draw draw) {
  if (!analysis.against) return {};
  const OtherBuild& other = *report.plan.against;
  std::string text = fmt::format(
      "NEW is this fanout ({}, commit {}), BASE is {} ({}, commit {}), in "
      "the same rounds\n\n",
      report.tool.version, report.tool.commit, other.command, other.tool.version,
      other.tool.commit);
  for (const CellReport& row : report.references) {
    const auto invalid = std::ranges::find(row.runs, false, &Run::valid);
    if (!row.cell.by_other_build || invalid == row.runs.end()) continue;
    text += fmt::format("INVALID {} by the other build: {}\n", cell_text(row.cell),
                        first_reason(*invalid));
  }
  return text + render_changes(*analysis.against, report.plan, draw) +
         conclusion_of(*analysis.against) + "\n";
}

std::string render_baseline(const Report& report, const Analysis& analysis, Draw draw) {
  if (!analysis.baseline) return {};
  return fmt::format(
             "NEW is the program of each row, BASE is {}, in the same rounds, each with an HTTP "
             "library of its own\n\n",
             report.plan.baseline->program) +
         render_changes(*analysis.baseline, report.plan, draw) + conclusion_of(*analysis.baseline) +
         "\n";
}

}  // namespace fanout
