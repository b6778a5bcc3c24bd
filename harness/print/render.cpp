#include "harness/print/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "base/units.h"
#include "harness/analysis/contenders.h"
#include "harness/document/gbench.h"
#include "harness/document/lines.h"
#include "harness/document/report_json.h"
#include "harness/print/family_table.h"
#include "harness/print/latency_text.h"
#include "harness/print/originals_table.h"
#include "harness/print/published_table.h"
#include "harness/print/render_changes.h"
#include "harness/print/render_ci.h"
#include "harness/print/render_failures.h"
#include "harness/print/render_machines.h"
#include "harness/print/render_notes.h"
#include "harness/print/render_protocols.h"
#include "harness/print/render_references.h"
#include "harness/print/render_server_habits.h"
#include "harness/print/render_tables.h"
#include "harness/print/render_verdicts.h"
#include "harness/scenario/mode.h"
#include "transports/verify.h"

namespace fanout {
namespace {

// The part of the network that the server acts out.
std::string emulation(const Scenario& scenario) {
  std::chrono::nanoseconds longest{};
  for (const HostBehaviour& host : scenario.server().hosts) longest = std::max(longest, host.rtt);
  if (longest.count() == 0) return {};
  return fmt::format(", emulated round trip {}",
                     format_duration(static_cast<double>(longest.count())));
}

// Where names led to, if they are few: " (localhost = ::1)".
std::string addresses_of(const RealTargets& targets) {
  constexpr std::size_t kShown = 3;
  if (targets.addresses.empty() || targets.addresses.size() > kShown) return {};
  std::vector<std::string> named;
  for (const auto& [name, addresses] : targets.addresses) {
    named.push_back(fmt::format("{} = {}", name, fmt::join(addresses, ", ")));
  }
  return fmt::format(" ({})", fmt::join(named, "; "));
}

// What connections to real targets turned out to be: ", TLS 1.2, redirects followed: up to 5 in
// a run".
std::string connections_of(const Report& report, const Scenario& scenario) {
  std::set<std::string> spoken;
  std::uint64_t redirects = 0;
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name) continue;
    for (const Run& run : cell.runs) {
      spoken.insert(run.tls_versions.begin(), run.tls_versions.end());
      redirects = std::max(redirects, run.redirects);
    }
  }
  std::string text;
  if (!spoken.empty()) text += fmt::format(", {}", fmt::join(spoken, " and "));
  if (follows(scenario)) {
    text += fmt::format(", redirects followed: up to {} in a run", format_count(redirects));
  }
  return text;
}

// Who answers.
std::string server_of(const Report& report, const Scenario& scenario) {
  if (const RealTargets* real = scenario.real_targets()) {
    return fmt::format("real targets{}{}, proof: {}", addresses_of(*real),
                       connections_of(report, scenario), proof_of(scenario));
  }
  const unsigned loops = scenario.server().loops.value_or(1);
  return fmt::format("server engine {}{}{}{}{}", enum_name(scenario.server().engine, kEngineNames),
                     loops > 1 ? fmt::format(" with {} loops", loops) : "", emulation(scenario),
                     http2_settings_text(scenario), machines_text(report));
}

std::string heading(const Report& report, const Scenario& scenario) {
  return fmt::format("{}: {}\n{}, {}, connections {}, {}\n\n", scenario.name, scenario.summary,
                     work_in_words(scenario), scenario.method.name(),
                     scenario.reuse ? "reused" : "new for each request",
                     server_of(report, scenario));
}

// How each strategy fares with more workers.
std::string render_sweep(const Report& report, const Scenario& scenario, Draw draw) {
  std::string text;
  for (const SweepTable& one : sweep_tables(report, scenario)) {
    text += one.title + "\n\n" + draw(one.table) + "\n";
  }
  return text;
}

// What did not succeed, or not at once.
std::string render_failures(const Report& report, const Scenario& scenario, Draw draw) {
  std::string text;
  if (has_failures(report, scenario)) {
    text +=
        draw(failures_table(report, scenario)) +
        "\nok: requests that succeeded; ok/s: the same per second; att/ok: attempts for each of "
        "them\n\n";
  }
  const std::vector<std::string> lines = failures_in_words(report, scenario);
  if (!lines.empty()) text += fmt::format("{}\n\n", fmt::join(lines, "\n"));
  const std::string notes = latency_notes(report, scenario);
  return notes.empty() ? text : text + notes + "\n";
}

// The article's figures beside ours.
std::string render_published(const Report& report, const Scenario& scenario, Draw draw) {
  const Table table = published_table(report, scenario);
  if (table.rows.empty()) return {};
  const bool figures = std::ranges::any_of(
      scenario.published, [](const Published& one) { return one.makespan.count() > 0; });
  return draw(table) + (figures ? "\nratio: ours / published; other machines, other servers\n\n"
                                : "\nthe article gives no figures\n\n");
}

// What the same work costs in the programs that were run beside.
std::string render_originals(const ScenarioAnalysis& scenario, Draw draw) {
  const Table table = originals_table(scenario.originals);
  if (table.rows.empty()) return {};
  return draw(table) +
         "\nCPU, times less: of the program per request / of the strategy, within rounds\n\n";
}

std::string render_knees(const Report& report, const ScenarioAnalysis& scenario, Draw draw) {
  const Table table = knees_table(report, scenario.sweeps);
  if (table.rows.empty()) return {};
  return draw(table) +
         "\nbest: workers with the highest median throughput; knee: fewest whose interval reaches "
         "95 % of it "
         "(+: the most tested);\nW*: as many as keep the client's CPUs busy, by model; mem/W: peak "
         "memory each further worker adds;\npeak: by the Universal Scalability Law\n\n";
}

std::string render_recommendation(const std::optional<Recommendation>& found) {
  if (!found || found->lines.empty()) return {};
  return fmt::format("{}\n\n", fmt::join(found->lines, "\n"));
}

// What the modes change in what the columns mean.
std::string mode_legend(const Plan& plan) {
  const auto has = [&](Mode mode) {
    return std::ranges::find(plan.scenarios, mode, &Scenario::mode) != plan.scenarios.end();
  };
  std::string text;
  if (has(Mode::open)) {
    text +=
        "open: p50 and p99 are service times, from when a request was begun; resp p50 and p99 from "
        "when it was due;\nkept: requests begun and ended in time, of those due (below 99% and "
        "more than "
        "10 ms late: saturated)\n";
  }
  if (has(Mode::steady)) {
    text +=
        "steady: makespan is the time measured after warm-up, figures are of that time; memory: "
        "with what the\nstrategy keeps for the whole list of requests\n";
  }
  return text;
}

// What the columns mean.
std::string legend(const Report& report) {
  const bool real = std::ranges::any_of(report.plan.scenarios, [](const Scenario& scenario) {
    return scenario.real_targets() != nullptr;
  });
  std::string text = "medians over the valid runs; 95%: half-width of the interval of the median; ";
  if (real) {
    return text +
           "valid: runs in which\nevery request ended once and at least one succeeded: a status of "
           "200 to 399 and the whole body.\nThat is all the proof there is of real targets; -: not "
           "known of them\n";
  }
  const bool failures = std::ranges::any_of(report.plan.scenarios, [&](const Scenario& scenario) {
    return has_failures(report, scenario);
  });
  const bool profiled = std::ranges::any_of(report.cells, [](const CellReport& cell) {
    return cell.profile && cell.profile->syscalls_per_request;
  });
  const bool works = std::ranges::any_of(
      report.plan.scenarios, [](const Scenario& scenario) { return scenario.work.any(); });
  if (works) text += "work: CPU time of a thread for each answer;\n";
  if (profiled) text += "calls/req: system calls, in a further run;\n";
  return text +
         "effic.: lower bound / makespan;\nin flight: most at once at the server; proven: runs in "
         "which every request was answered once, with its own token" +
         (failures ? ",\nor failed just as the scenario makes it fail\n" : "\n");
}

// A scenario and its variants in one table, and one verdict.
std::string render_family(const Report& report, const Family& family, Draw draw) {
  std::string text = heading(report, *family.base) + draw(family_table(report, family)) + "\n";
  text += family_legend() + "\n";
  const std::string verdicts = render_verdicts(family.verdicts);
  if (verdicts.empty() && !family.verdicts.empty()) {
    text += fmt::format("by {}: {}\n", family.verdicts.front().measure->title,
                        family.verdicts.front().declined);
  }
  text += verdicts;
  for (const std::string& line : family.lines) text += line + "\n";
  return text + "\n";
}

std::string render_words(const Report& report, const Analysis& analysis, Draw draw) {
  std::string text = render_answers(analysis);
  for (const Family& family : analysis.families) text += render_family(report, family, draw);
  for (const ScenarioAnalysis& found : analysis.scenarios) {
    const Scenario& scenario = *found.scenario;
    if (in_family(report.plan, scenario)) continue;
    text += heading(report, scenario) + render_sweep(report, scenario, draw);
    text += draw(cells_table(report, analysis, found)) + render_references(found) + "\n";
    text += render_published(report, scenario, draw) + render_originals(found, draw);
    text += render_failures(report, scenario, draw);
    text += render_knees(report, found, draw) + render_verdicts(found.verdicts);
    text += render_protocols(found.protocols, draw);
    text += render_recommendation(found.recommendation);
    text += render_program_verdicts(found.program_verdicts);
  }
  text += render_against(report, analysis, draw) + render_baseline(report, analysis, draw);
  text += render_conditions(analysis);
  text += render_server_habits(report) + legend(report) + mode_legend(report.plan);
  return text + render_notes(report);
}

}  // namespace

std::string render(const Report& report, const Analysis& analysis, Format format) {
  switch (format) {
    case Format::markdown:
      return render_words(report, analysis, to_markdown);
    case Format::csv:
      return to_csv(runs_table(report));
    case Format::json:
      return to_text(to_json(report, analysis));
    case Format::gbench:
      return to_text(to_gbench(report));
    case Format::junit:
      return render_junit(report, analysis);
    case Format::github:
      return render_github(report, analysis);
    case Format::prometheus:
      return render_prometheus(report);
    case Format::table:
      break;
  }
  return render_words(report, analysis, to_text);
}

}  // namespace fanout
