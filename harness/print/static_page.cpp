#include "harness/print/static_page.h"

#include <fmt/format.h>

#include "base/text.h"
#include "harness/analysis/analysis.h"
#include "harness/print/render_failures.h"
#include "harness/print/render_notes.h"
#include "harness/print/render_tables.h"
#include "harness/print/render_verdicts.h"

namespace fanout {
namespace {

std::string element(const char* tag, const std::string& text) {
  return fmt::format("<{0}>{1}</{0}>\n", tag, html_text(text));
}

// Lines as they stand.
std::string lines(const std::string& text) {
  return text.empty() ? text : fmt::format("<p class=\"lines\">{}</p>\n", html_text(text));
}

std::string verdict(const ScenarioAnalysis& found) {
  std::string html;
  if (found.recommendation) {
    for (const std::string& line : found.recommendation->lines) html += element("p", line);
  }
  return html.empty() ? html : "<div class=\"verdict\">\n" + html + "</div>\n";
}

std::string scenario(const Report& report, const Analysis& analysis,
                     const ScenarioAnalysis& found) {
  std::string html = element("h2", found.scenario->name) + element("p", found.scenario->summary) +
                     verdict(found) + lines(render_verdicts(found.verdicts));
  html += "<div class=\"scroll\">" + to_html(cells_table(report, analysis, found)) + "</div>\n";
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

}  // namespace

std::string static_page(const std::vector<NamedReport>& reports) {
  std::string html;
  for (const auto& [name, report] : reports) html += element("h1", name) + report_html(report);
  return html;
}

}  // namespace fanout
