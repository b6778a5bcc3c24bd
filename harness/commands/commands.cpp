#include "harness/commands/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "base/file.h"
#include "base/text.h"
#include "harness/commands/compare_command.h"
#include "harness/commands/doctor_command.h"
#include "harness/commands/machines.h"
#include "harness/commands/measurement.h"
#include "harness/commands/record_command.h"
#include "harness/commands/report_command.h"
#include "harness/commands/result_file.h"
#include "harness/commands/resume.h"
#include "harness/commands/step_summary.h"
#include "harness/control/other_build.h"
#include "harness/control/serve_control.h"
#include "harness/document/report_json.h"
#include "harness/machine/interrupt.h"
#include "harness/machine/output_file.h"
#include "harness/plan/baseline.h"
#include "harness/plan/courtesy.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/prediction.h"
#include "harness/plan/references.h"
#include "harness/plan/selection.h"
#include "harness/print/list.h"
#include "harness/print/progress.h"
#include "harness/print/render_changes.h"
#include "harness/print/render_ci.h"
#include "harness/print/render_failures.h"
#include "harness/print/render_plan.h"
#include "harness/scenario/address_choice.h"
#include "harness/scenario/request_headers.h"
#include "harness/scenario/scenario_json.h"
#include "local_server/server_main.h"

namespace fanout {
namespace {

constexpr int kExitInvalidRuns = 3;

// The URLs to request, if any. Standard input is read once, so what a run needs of it is kept.
std::optional<UrlList> urls_for(const Options& options) {
  if (options.urls.empty()) return std::nullopt;
  const bool will_run = options.command != Command::list && !options.dry_run;
  UrlSources sources = options.urls;
  sources.progress = progress_style(options) != Progress::Style::none;
  const Selection& selection = options.selection;
  check_headers(selection.headers);
  const RequestDefaults defaults{selection.method, introduced(selection.headers),
                                 selection.body.value_or("")};
  UrlList urls = read_urls(sources, defaults, selection.requests, will_run);
  check_tls(options.tls, urls.about.tls);
  urls.tls = options.tls;
  return urls;
}

// Decides where the requests to each name go, and notes it in the plan.
void choose_addresses(Plan& plan, UrlList& urls) {
  choose_addresses(urls.targets, plan.scenarios.front().connect_timeout);
  for (Scenario& scenario : plan.scenarios) {
    std::get<RealTargets>(scenario.answered_by).addresses = used_addresses(urls.targets);
  }
}

// What was made of input that could have been meant otherwise.
void print_notes(const Options& options, const std::optional<UrlList>& urls) {
  if (options.quiet) return;
  const Selection& selection = options.selection;
  if (selection.body && type_of_body(*selection.body) == kJsonType &&
      !names_field(selection.headers, "Content-Type")) {
    fmt::print(stderr, "note: the body begins as JSON does: sent as {}\n", kJsonType);
  }
  if (!urls) return;
  for (const std::string& note : urls->notes) fmt::print(stderr, "note: {}\n", note);
}

Plan plan_for(const Options& options, const std::optional<UrlList>& urls,
              const Machines& machines) {
  Selection selection = options.selection;
  if (urls) selection.targets = urls->about;
  selection.sweep = options.command == Command::sweep;
  Plan plan = make_plan(selection, machines.limits(), find_program);
  plan.rounds = options.rounds;
  plan.seed = options.seed;
  machines.choose(plan, options);
  plan.time_budget = options.time_budget;
  plan.run_limit = options.run_limit;
  plan.precision = options.precision;
  plan.keep_going = options.keep_going;
  if (!options.no_references) add_references(plan);
  if (!options.against.empty()) {
    plan.against = ask_other_build(options.against);
    plan.against->threshold = options.threshold;
    add_opponents(plan);
  }
  if (options.baseline) set_baseline(plan, selection, *options.baseline, options.threshold);
  plan.fail_if = options.fail_if;
  plan.fail_on = options.fail_on;
  plan.least_success = options.least_success;
  check_conditions(plan);
  plan.predicted = predicted_total(plan);
  if (urls && !options.may_load) check_courtesy(plan, urls->targets);
  return plan;
}

// What a script has to know where it is told nothing else.
void say_what_is_wrong(const Report& report, const Analysis& analysis) {
  if (const std::string why = why_stopped(report); !why.empty()) {
    fmt::print(stderr, "fanout: {}\n", why);
  }
  if (has_failed_conditions(analysis)) fmt::print(stderr, "{}", render_conditions(analysis));
  for (const auto* changes : {&analysis.against, &analysis.baseline}) {
    if (*changes && has_regression(**changes)) fmt::print(stderr, "{}", conclusion_of(**changes));
  }
}

// What a gate has to know: first what is worse than it may be, then what cannot be believed.
int exit_code(const Options& options, const Report& report, const Analysis& analysis) {
  if (report.status == Status::interrupted) return kExitInterrupted;
  if (has_failed_conditions(analysis) || has_regression(analysis)) return kExitRegression;
  const bool theirs_invalid = std::ranges::any_of(report.references, [](const CellReport& row) {
    return row.cell.by_other_build && has_invalid_runs(row);
  });
  if (theirs_invalid || (options.strict && has_failed_requests(report))) return kExitInvalidRuns;
  return has_compared_invalid_runs(report) ? kExitInvalidRuns : 0;
}

// It is for what runs start, so a run's lack of it would come to light late.
void check_temporary_folder() {
  if (std::getenv("TMPDIR") != nullptr) (void)temporary_folder();
}

// Measures what the report lacks, prints what came of it, and returns the exit code.
int measure_and_print(Report& report, const Options& options, const Measurement& what) {
  const std::string note = long_plan_note(predicted_left(report), what.output, program_of(report));
  if (!note.empty() && !options.quiet) fmt::print(stderr, "note: {}\n", note);
  measure(report, options, what);
  const Analysis analysis = analyse(report);
  std::exception_ptr unsaved;  // the table is shown even then
  try {
    save(report, analysis, what);
  } catch (const RunError&) {
    unsaved = std::current_exception();
  }
  const bool to_file = !is_standard_output(what.output);
  if (!options.quiet) {
    fmt::print(to_file ? stdout : stderr, "{}", rendered(report, analysis, options.format));
  }
  if (options.quiet) say_what_is_wrong(report, analysis);
  if (unsaved) std::rethrow_exception(unsaved);
  if (to_file) {
    std::FILE* const words = options.format == Format::table ? stdout : stderr;
    fmt::print(words, "results: {}\n", what.output);
    if (report.status == Status::interrupted) {
      fmt::print(words, "go on by: {}\n", resume_command(what.output, program_of(report)));
    }
  }
  return exit_code(options, report, analysis);
}

int resume(const Options& now, Cluster* cluster) {
  const std::string& file = *now.resume;
  Report report = load_report(file);
  if (is_whole(report)) {
    fmt::print("{}: whole already, with {}; '{}' prints it\n", file,
               counted(whole_rounds(report), "round"), "fanout report " + shell_word(file));
    return 0;
  }
  const Options options = options_to_resume(report, now);
  const Machines machines(options, cluster);
  check_unchanged(report, file, machines.environment(report.plan));
  std::optional<UrlList> urls = urls_for(options);
  complete_plan(report.plan, options, urls);
  if (options.dry_run) {
    fmt::print("{}{} measured so far\n", render_plan(report.plan),
               counted(measured_runs(report), "run"));
    return 0;
  }
  check_temporary_folder();
  check_outputs(options, options.output);
  const UrlList* list = urls ? &*urls : nullptr;
  const Readers readers = readers_of(options, report.plan, list);
  const Measurement what{report.plan, list, options.output, readers, machines};
  note_resumption(report);
  return measure_and_print(report, options, what);
}

int run(const Options& options, Cluster* cluster) {
  std::optional<UrlList> urls = urls_for(options);
  const Machines machines(options, cluster);
  Plan plan = plan_for(options, urls, machines);
  print_notes(options, urls);
  if (options.dry_run) {
    fmt::print("{}", render_plan(plan));
    return 0;
  }
  check_temporary_folder();
  const std::string output = options.output.empty() ? default_output(plan) : options.output;
  check_outputs(options, output);
  if (urls) choose_addresses(plan, *urls);
  Environment environment = machines.environment(plan);
  const UrlList* list = urls ? &*urls : nullptr;
  Report report = empty_report(options.keep_secrets ? plan : masked(plan), std::move(environment),
                               options.command_line);
  const Readers readers = readers_of(options, plan, list);
  return measure_and_print(report, options, {std::move(plan), list, output, readers, machines});
}

ServerConfig server_to_run(const Options& options) {
  if (options.serve_scenario.empty()) return options.server;
  const Scenario scenario = load_scenario(options.serve_scenario);
  ServerConfig server = scenario.server();
  if (speaks_http2(scenario)) server.http = HttpVersion::http2;
  server.bind = options.server.bind;
  server.port = options.server.port;
  if (options.server.http != HttpVersion::http1) server.http = options.server.http;
  return server;
}

}  // namespace

int execute_command(const Options& options, Cluster* cluster) {
  switch (options.command) {
    case Command::run:
    case Command::sweep:
      return options.resume ? resume(options, cluster) : run(options, cluster);
    case Command::list:
      fmt::print("{}",
                 options.topic == Topic::cells
                     ? render_plan(plan_for(options, urls_for(options), Machines(options, cluster)))
                     : render_list(options.topic));
      return 0;
    case Command::report:
      return report_saved(options);
    case Command::compare:
      return compare_saved(options);
    case Command::record:
      return record(options);
    case Command::serve:
      if (const auto& at = options.control.at) {
        return serve_control({at->host, at->port}, options.control.key_file);
      }
      raise_descriptor_limit();
      return serve_alone(server_to_run(options));
    case Command::doctor:
      return doctor(options.doctor_json);
  }
  return 1;
}

}  // namespace fanout
