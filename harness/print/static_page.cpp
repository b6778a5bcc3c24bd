#include "harness/print/static_page.h"

#include <fmt/format.h>

#include "base/text.h"
#include "harness/analysis/analysis.h"
#include "harness/print/render_failures.h"
#include "harness/print/render_history.h"
#include "harness/print/render_notes.h"
#include "harness/print/render_tables.h"
#include "harness/print/render_verdicts.h"

namespace fanout {
namespace {

using Align = Column::Align;

std::string element(const char* tag, const std::string& text) {
  return fmt::format("<{0}>{1}</{0}>\n", tag, html_text(text));
}

// Lines as they stand.
std::string lines(const std::string& text) {
  return text.empty() ? text : fmt::format("<p class=\"lines\">{}</p>\n", html_text(text));
}

std::string scrolled(const Table& table) {
  return "<div class=\"scroll\">" + to_html(table) + "</div>\n";
}

std::string verdict(const ScenarioAnalysis& found) {
  std::string html;
  if (found.recommendation) {
    for (const std::string& line : found.recommendation->answer.lines) {
      html += element("p", line);
    }
    for (const std::string& line : found.recommendation->lines) html += element("p", line);
  }
  return html.empty() ? html : "<div class=\"verdict\">\n" + html + "</div>\n";
}

std::string scenario(const Report& report, const Analysis& analysis,
                     const ScenarioAnalysis& found) {
  std::string html = element("h2", found.scenario->name) + element("p", found.scenario->summary) +
                     verdict(found) + lines(render_verdicts(found.verdicts));
  html += scrolled(cells_table(report, analysis, found));
  for (const std::string& line : failures_in_words(report, *found.scenario)) {
    html += element("p", line);
  }
  return "<section>\n" + html + "</section>\n";
}

std::string report_html(const Report& report) {
  const Analysis analysis = analyse(report);
  std::string html;
  if (!has_valid_runs(report)) {
    html += "<p class=\"bad\">No run is valid, so there is nothing to compare.</p>\n";
  }
  for (const ScenarioAnalysis& found : analysis.scenarios) {
    html += scenario(report, analysis, found);
  }
  return html + lines(render_notes(report)) + element("p", report.command);
}

// What a history is made of, by time.
Table results_table(const std::vector<NamedResult>& results) {
  Table table{.columns = {{"started", Align::left},
                          {"file", Align::left},
                          {"fanout", Align::left},
                          {"commit", Align::left}},
              .rows = {}};
  for (const auto& [name, report] : results) {
    table.rows.push_back({report->started_at, name, report->tool.version, report->tool.commit});
  }
  return table;
}

}  // namespace

std::string static_page(const std::vector<NamedReport>& reports) {
  std::string html;
  for (const auto& [name, report] : reports) html += element("h1", name) + report_html(report);
  return html;
}

std::string static_history(const std::vector<NamedResult>& results,
                           const std::vector<HistoryRow>& rows,
                           const std::vector<std::string>& notes) {
  std::string words;
  for (const std::string& line : history_in_words(results, rows)) words += element("p", line);
  std::string html = element("h1", "History of " + counted(results.size(), "result")) +
                     "<div class=\"verdict\">\n" + words + "</div>\n";
  for (const std::string& line : notes) html += element("p", "note: " + line);
  for (const HistoryRow& row : rows) {
    html += "<section class=\"history\">\n" +
            element("h2", fmt::format("{} ({}), {}", cell_text(row.cell), row.cell.scenario,
                                      row.measure->figure)) +
            element("p", first_to_leave(results, row)) + scrolled(history_table(results, row)) +
            "</section>\n";
  }
  return html + "<section>\n" + element("h2", "Results") + scrolled(results_table(results)) +
         "</section>\n";
}

}  // namespace fanout
