#include "harness/commands/measurement.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "harness/commands/result_file.h"
#include "harness/control/cell_runner.h"
#include "harness/control/failure_log.h"
#include "harness/control/profile.h"
#include "harness/control/runner.h"
#include "harness/document/report_json.h"
#include "harness/document/report_log.h"
#include "harness/machine/interrupt.h"
#include "harness/print/render.h"
#include "harness/print/render_plan.h"

namespace fanout {
namespace {

// Whether each cell is run once more to count its system calls: not where a few rounds do, and
// neither beyond a time budget nor on somebody else's server.
bool profile_wanted(const Options& options, const Report& report) {
  constexpr unsigned kFewRounds = 3;
  return !options.no_profile && report.plan.rounds > kFewRounds && options.urls.empty() &&
         report.status == Status::complete && report.stopped_by != StoppedBy::time_budget;
}

// Those who are told of runs.
Observer tellers(Progress& progress, std::optional<FailureLog>& failures,
                 std::optional<ReportLog>& log) {
  return {.before_run = [&](const Report& report, std::size_t row,
                            unsigned round) { progress.before_run(report, row, round); },
          .after_set_aside =
              [&](const Report&, std::size_t row) {
                if (failures) failures->drop_last();
                if (log) log->add_set_aside(row);
              },
          .after_run =
              [&](const Report& report, std::size_t row) {
                if (log) log->add_run(row);
                progress.after_run(report, row);
              }};
}

// An error is told of at last, by whoever catches it.
void say_how_to_resume(const Report& report, const std::string& file) {
  fmt::print(stderr, "note: go on with what was measured by: {}\n",
             resume_command(file, program_of(report)));
}

}  // namespace

Progress::Style progress_style(const Options& options) {
  if (options.quiet || options.no_progress) return Progress::Style::none;
  const char* terminal = std::getenv("TERM");  // one that is dumb cannot draw over a line
  const bool draws =
      ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
  return draws && !options.verbose ? Progress::Style::live : Progress::Style::lines;
}

void measure(Report& report, const Options& options, const Measurement& what) {
  const InterruptWatch interrupt;
  Progress progress(progress_style(options));
  std::optional<FailureLog> failures;
  if (!options.failures.empty()) failures.emplace(options.failures, what.readers);
  CellRunner runner(what.plan, report.environment, interrupt,
                    {what.urls, failures ? &*failures : nullptr, options.keep_secrets,
                     [&](const std::string& why) { progress.waiting(why); }, what.machines.server(),
                     what.machines.cluster()});
  progress.plan(report);
  std::optional<ReportLog> log;
  if (!is_standard_output(what.output)) log.emplace(report, what.output, what.readers);
  try {
    run_plan(report, std::ref(runner), tellers(progress, failures, log));
    if (profile_wanted(options, report)) {
      profile_cells(report, [&](const Cell& cell) {
        progress.before_profile(cell);
        return runner.profile(cell);
      });
    }
  } catch (const Interrupted&) {
    // What was measured is whole; the profiles are not.
  } catch (...) {
    progress.end();
    report.status = Status::failed;
    report.stopped_by = StoppedBy::error;
    summarize_rows(report);
    if (log) say_how_to_resume(report, what.output);
    save(report, analyse(report), what);
    throw;
  }
  progress.end();
}

void save(const Report& report, const Analysis& analysis, const Measurement& what) {
  if (!is_standard_output(what.output)) {
    save_report(report, analysis, what.output, what.readers);
  } else if (std::fputs(render(report, analysis, Format::json).c_str(), stdout) == EOF) {
    throw RunError("standard output: cannot be written");
  }
}

}  // namespace fanout
