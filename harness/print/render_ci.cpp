#include "harness/print/render_ci.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace fanout {
namespace {

std::string escaped(std::string_view text, std::span<const std::pair<char, std::string_view>> by) {
  std::string out;
  for (const char c : text) {
    const auto found = std::ranges::find(by, c, &std::pair<char, std::string_view>::first);
    if (found == by.end()) {
      out += c;
    } else {
      out += found->second;
    }
  }
  return out;
}

// In an attribute of XML 1.0, which may hold neither control characters nor U+FFFE and U+FFFF.
std::string xml(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 4> kBy{
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}}};
  std::string clean = as_utf8(text);
  std::ranges::replace_if(
      clean, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  for (const std::string_view banned : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = 0; (at = clean.find(banned, at)) != std::string::npos;) {
      clean.replace(at, banned.size(), "\xef\xbf\xbd");
    }
  }
  return escaped(clean, kBy);
}

// The message of a workflow command, and a property of it.
std::string message_text(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 3> kBy{
      {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}}};
  return escaped(text, kBy);
}
std::string property_text(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 2> kBy{
      {{':', "%3A"}, {',', "%2C"}}};
  return escaped(message_text(text), kBy);
}

std::string label(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 3> kBy{
      {{'\\', "\\\\"}, {'"', "\\\""}, {'\n', "\\n"}}};
  return escaped(as_utf8(text), kBy);
}

// One thing that was checked of a cell.
struct Case {
  Cell cell;
  std::string name;
  double seconds = 0;   // its median makespan
  std::string failure;  // why it failed, or ""
};

double makespan_s(const Report& report, const Cell& cell) {
  const auto row = std::ranges::find(report.cells, cell, &CellReport::cell);
  return row == report.cells.end() ? 0 : row->summary.makespan_ns.median / 1e9;
}

std::string why_invalid(const CellReport& row) {
  for (const Run& run : row.runs) {
    if (!run.valid) {
      return fmt::format("{} of {} invalid: {}", row.summary.total_runs - row.summary.valid_runs,
                         counted(row.summary.total_runs, "run"), first_reason(run));
    }
  }
  return row.runs.empty() ? "it was not run" : "";
}

// How cells stand against what they are held against.
void add_changes(std::vector<Case>& cases, const Report& report,
                 const std::optional<Changes>& changes, std::string_view other) {
  if (!changes) return;
  for (const SuccessChange& change : changes->successes) {
    cases.push_back({change.cell,
                     fmt::format("{}: success against {}", cell_text(change.cell), other),
                     makespan_s(report, change.cell),
                     change.finding == Finding::regression ? in_words(change) : ""});
  }
  for (const Change& change : changes->changes) {
    if (change.finding == Finding::declined) continue;
    cases.push_back(
        {change.cell,
         fmt::format("{}: {} against {}", cell_text(change.cell), change.measure->figure, other),
         makespan_s(report, change.cell),
         change.finding == Finding::regression ? in_words(change) : ""});
  }
}

std::vector<Case> cases_of(const Report& report, const Analysis& analysis) {
  std::vector<Case> cases;
  for (const CellReport& row : report.cells) {
    cases.push_back(
        {row.cell, cell_text(row.cell), row.summary.makespan_ns.median / 1e9, why_invalid(row)});
  }
  for (const Checked& one : analysis.conditions) {
    cases.push_back({one.cell, fmt::format("{}: not {}", cell_text(one.cell), one.condition),
                     makespan_s(report, one.cell), one.failed ? one.words : ""});
  }
  for (const CellReport& row : report.references) {
    if (!row.cell.by_other_build) continue;
    Cell ours = row.cell;
    ours.by_other_build = false;
    cases.push_back({ours, cell_text(ours) + " by the other build",
                     row.summary.makespan_ns.median / 1e9, why_invalid(row)});
  }
  add_changes(cases, report, analysis.against, "the other build");
  if (analysis.baseline) {
    add_changes(cases, report, analysis.baseline, report.plan.baseline->program);
  }
  return cases;
}

std::string junit_case(const Case& one) {
  const std::string head =
      fmt::format("    <testcase classname=\"fanout.{}\" name=\"{}\" time=\"{:.6f}\"",
                  xml(one.cell.scenario), xml(one.name), one.seconds);
  if (one.failure.empty()) return head + "/>\n";
  return fmt::format("{}>\n      <failure message=\"{}\" type=\"fanout\"/>\n    </testcase>\n",
                     head, xml(one.failure));
}

// A figure of each cell for a scraper.
struct Metric {
  std::string_view name;
  std::string_view help;
  double (*of)(const Summary& summary);
};
constexpr std::array<Metric, 8> kMetrics{{
    {"fanout_makespan_seconds", "Median makespan of a run.",
     [](const Summary& s) { return s.makespan_ns.median / 1e9; }},
    {"fanout_requests_per_second", "Median throughput.",
     [](const Summary& s) { return s.requests_per_second.median; }},
    {"fanout_success_ratio", "Median share of requests that succeeded.",
     [](const Summary& s) { return s.success_share.median; }},
    {"fanout_cpu_seconds_per_request", "Median client CPU time of a request.",
     [](const Summary& s) { return s.cpu_us_per_request.median / 1e6; }},
    {"fanout_service_time_p50_seconds", "Median over runs of the 50th percentile of service time.",
     [](const Summary& s) { return s.latency_p50_ns.median / 1e9; }},
    {"fanout_service_time_p99_seconds", "Median over runs of the 99th percentile of service time.",
     [](const Summary& s) { return s.latency_p99_ns.median / 1e9; }},
    {"fanout_peak_memory_bytes", "Median peak of memory.",
     [](const Summary& s) { return s.peak_memory_bytes.median; }},
    {"fanout_valid_runs", "Runs in which every request is accounted for.",
     [](const Summary& s) { return static_cast<double>(s.valid_runs); }},
}};

}  // namespace

std::string render_conditions(const Analysis& analysis) {
  std::string text;
  for (const Checked& one : analysis.conditions) {
    if (!one.failed) continue;
    text += fmt::format("failed: {} ({}): {}: {}\n", cell_text(one.cell), one.cell.scenario,
                        one.condition, one.words);
  }
  if (text.empty() && !analysis.conditions.empty()) {
    text = fmt::format("passed: no condition of --fail-if holds in {}\n",
                       counted(analysis.conditions.size(), "check"));
  }
  return text.empty() ? text : text + "\n";
}

std::string render_junit(const Report& report, const Analysis& analysis) {
  const std::vector<Case> cases = cases_of(report, analysis);
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Scenario& scenario : report.plan.scenarios) {
    std::string body;
    unsigned tests = 0;
    unsigned failures = 0;
    double seconds = 0;
    for (const Case& one : cases) {
      if (one.cell.scenario != scenario.name) continue;
      body += junit_case(one);
      ++tests;
      failures += one.failure.empty() ? 0 : 1;
      seconds += one.seconds;
    }
    std::string started = report.started_at;  // without the Z, which the schema has no place for
    if (started.ends_with('Z')) started.pop_back();
    text += fmt::format(
        "  <testsuite name=\"fanout.{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" "
        "time=\"{:.6f}\" timestamp=\"{}\">\n{}  </testsuite>\n",
        xml(scenario.name), tests, failures, seconds, xml(started), body);
  }
  return text + "</testsuites>\n";
}

std::string render_github(const Report& report, const Analysis& analysis) {
  std::string text;
  for (const Case& one : cases_of(report, analysis)) {
    if (one.failure.empty()) continue;
    text += fmt::format("::error title={}::{}\n", property_text("fanout: " + one.name),
                        message_text(one.failure));
  }
  for (const ScenarioAnalysis& found : analysis.scenarios) {
    if (!found.recommendation) continue;
    const Recommendation& one = *found.recommendation;
    if (one.answer.lines.empty() && one.lines.empty()) continue;
    const auto& lines = one.answer.lines.empty() ? one.lines : one.answer.lines;
    text += fmt::format("::notice title={}::{}\n", property_text("fanout: " + found.scenario->name),
                        message_text(lines.front()));
  }
  return text;
}

std::string render_prometheus(const Report& report) {
  std::string text;
  for (const Metric& metric : kMetrics) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", metric.name, metric.help);
    for (const CellReport& row : report.cells) {
      const bool known = row.summary.valid_runs > 0 || metric.name == "fanout_valid_runs";
      const bool of_successes = metric.name.starts_with("fanout_service_time");
      if (!known || (of_successes && row.summary.success_share.median == 0)) continue;
      text += fmt::format(
          "{}{{scenario=\"{}\",strategy=\"{}\",transport=\"{}\",workers=\"{}\"}} {:.9g}\n",
          metric.name, label(row.cell.scenario), label(row.cell.strategy),
          label(transport_text(row.cell)), row.cell.workers, metric.of(row.summary));
    }
  }
  return text;
}

}  // namespace fanout
