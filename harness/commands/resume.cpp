#include "harness/commands/resume.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "harness/analysis/comparable.h"
#include "harness/catalogue/program_search.h"
#include "harness/commands/cli.h"
#include "harness/control/other_build.h"
#include "harness/document/report_json.h"
#include "harness/machine/output_file.h"
#include "harness/plan/references.h"
#include "harness/scenario/address_choice.h"
#include "harness/scenario/secrets.h"

namespace fanout {
namespace {

using Lines = std::vector<std::string>;

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw UsageError(fmt::format("--resume {}: {}", file, why));
}

// Whether its runs are those of the plan's first rounds, each once, but for some of the last.
bool is_sound(const Report& report) {
  if (!std::ranges::equal(report.cells, report.plan.cells, {}, &CellReport::cell) ||
      !std::ranges::equal(report.references, report.plan.references, {}, &CellReport::cell,
                          &Reference::cell)) {
    return false;
  }
  const unsigned whole = whole_rounds(report);
  for (std::size_t i = 0; i < planned_rows(report); ++i) {
    const std::vector<Run>& runs = row_of(report, i).runs;
    if (runs.size() > std::min(whole + 1, report.plan.rounds)) return false;
    for (unsigned round = 0; round < runs.size(); ++round) {
      if (runs[round].round != round) return false;
    }
  }
  return true;
}

// What is not as it was: rounds before and after would not be comparable.
Lines changes_since(const Report& report, Environment environment) {
  Report now = report;
  now.tool = this_tool();
  now.environment = std::move(environment);
  Lines lines =
      differences(conditions_to_json(report), conditions_to_json(now), {"then", "now"}).grave;
  if (now.tool.commit != report.tool.commit) {
    lines.insert(lines.begin(), fmt::format("tool.commit: \"{}\" then, \"{}\" now",
                                            report.tool.commit, now.tool.commit));
  }
  return lines;
}

// The first of them, for one line.
std::string first_lines(const Lines& lines) {
  constexpr std::size_t kShown = 3;
  const std::size_t shown = std::min(kShown, lines.size());
  const std::string text =
      fmt::format("{}", fmt::join(lines.begin(), lines.begin() + std::ptrdiff_t(shown), "; "));
  return shown == lines.size() ? text : fmt::format("{}; and {} more", text, lines.size() - shown);
}

// Whether the document has a secret that its runs need masked.
bool has_masked(const Report& report) {
  const auto is_masked = [](std::string_view text) {
    return text.find(kMasked) != std::string_view::npos;
  };
  return is_masked(report.command) ||
         std::ranges::any_of(report.plan.scenarios,
                             [&](const Scenario& scenario) {
                               return std::ranges::any_of(scenario.headers, is_masked);
                             }) ||
         std::ranges::any_of(report.plan.programs, [&](const PlannedProgram& program) {
           return std::ranges::any_of(program.command, is_masked);
         });
}

void check_can_go_on(const std::string& file, const Report& report) {
  if (is_in_use(file)) {
    refuse(file, "is being measured by another fanout; wait for that one, or end it first");
  }
  if (report.stopped_by == StoppedBy::no_success) {
    refuse(file, "ended since its targets answered nothing; measure anew");
  }
  if (!is_sound(report)) {
    refuse(file, "its runs are not the first rounds of its plan; measure anew");
  }
  if (has_masked(report)) {
    refuse(file, fmt::format("its requests need secrets that it does not hold ({}); measure anew, "
                             "with --keep-secrets if it may have to be resumed",
                             kMasked));
  }
}

Options parsed_command(const std::string& file, const Report& report) {
  auto words = shell_words(report.command);
  if (!words || words->empty()) refuse(file, "its command cannot be read; measure anew");
  std::vector<char*> arguments;
  for (std::string& word : *words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto options = parse_command_line(static_cast<int>(words->size()), arguments.data());
  const bool measures =
      options && (options->command == Command::run || options->command == Command::sweep);
  if (!measures) refuse(file, "its command measures nothing; name another file");
  return *options;
}

// The file of failed requests is begun anew, so that going on must not take the one of before.
void check_failures(const std::string& file, const Options& then, const Options& now) {
  std::error_code unknown;
  if (now.failures.empty() && !then.failures.empty()) {
    refuse(file, fmt::format("{} has the requests that failed so far; name a new file for the "
                             "others by --failures",
                             then.failures));
  }
  if (!now.failures.empty() && std::filesystem::exists(now.failures, unknown)) {
    refuse(file, fmt::format("--failures {}: is there already; name a new file", now.failures));
  }
}

// Real targets as they were, or an error.
void complete_targets(RealTargets& planned, const std::string& file, UrlList& urls) {
  const RealTargets& now = urls.about;
  if (now.digest != planned.digest || now.urls != planned.urls) {
    refuse(file, fmt::format("{}: not the list that was measured ({} of {}); bring that one back, "
                             "or measure anew",
                             now.source, counted(planned.urls, "URL"), planned.source));
  }
  prefer_addresses(urls.targets, planned.addresses);
  planned.tls = now.tls;
  planned.loopback = now.loopback;
}

void complete_scenario(Scenario& scenario, const Options& options, std::optional<UrlList>& urls) {
  const std::string& file = *options.resume;
  if (auto* planned = std::get_if<RealTargets>(&scenario.answered_by)) {
    if (!urls) refuse(file, "its command names none of its targets; measure anew");
    complete_targets(*planned, file, *urls);
  }
  if (!options.selection.body) return;
  if (options.selection.body->size() != scenario.request_body_bytes) {
    refuse(file, fmt::format("the body of --body has {} bytes now, not {}; bring that one back, or "
                             "measure anew",
                             options.selection.body->size(), scenario.request_body_bytes));
  }
  scenario.body = *options.selection.body;
}

void check_programs(const Plan& plan, const std::string& file) {
  for (const PlannedProgram& program : plan.programs) {
    const Program* peer = find_peer(program.name);
    if (peer == nullptr) continue;  // the user's own
    const FoundProgram found = find_program(*peer);
    if (found.command == program.command) continue;
    refuse(file,
           fmt::format("{} was {}, and now is {}; bring that back, or measure anew", program.name,
                       fmt::join(program.command, " "),
                       found.command.empty() ? found.lacks
                                             : fmt::format("{}", fmt::join(found.command, " "))));
  }
}

void check_other_build(const OtherBuild& planned, const Options& options) {
  const OtherBuild now = ask_other_build(options.against);
  const auto text = [](const Tool& tool) {
    return fmt::format("{} ({}, {})", tool.version, tool.commit, tool.build);
  };
  if (text(now.tool) == text(planned.tool)) return;
  refuse(*options.resume, fmt::format("--against {} was fanout {}, and now is {}; bring that one "
                                      "back, or measure anew",
                                      options.against, text(planned.tool), text(now.tool)));
}

}  // namespace

bool is_whole(const Report& report) {
  return report.status == Status::complete &&
         (report.stopped_by == StoppedBy::rounds || report.stopped_by == StoppedBy::interval_width);
}

void check_unchanged(const Report& report, const std::string& file, Environment now) {
  const Lines lines = changes_since(report, std::move(now));
  if (lines.empty()) return;
  refuse(file, fmt::format("what it would measure now cannot be held against what it has: {}; go "
                           "on as it was, or measure anew",
                           first_lines(lines)));
}

Options options_to_resume(const Report& report, const Options& now) {
  const std::string& file = *now.resume;
  check_can_go_on(file, report);
  Options options = parsed_command(file, report);
  check_failures(file, options, now);
  options.resume = file;
  options.command_line = report.command;
  options.output = now.output.empty() ? file : now.output;
  options.failures = now.failures;
  options.format = now.format;
  options.dry_run = now.dry_run;
  options.no_progress = now.no_progress;
  options.quiet = now.quiet;
  options.verbose = now.verbose;
  return options;
}

void complete_plan(Plan& plan, const Options& options, std::optional<UrlList>& urls) {
  for (Scenario& scenario : plan.scenarios) complete_scenario(scenario, options, urls);
  plan.keep_going = options.keep_going;
  check_programs(plan, *options.resume);
  if (plan.against) check_other_build(*plan.against, options);
  add_ceilings(plan);
}

}  // namespace fanout
