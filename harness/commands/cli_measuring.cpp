// The flags that say how runs are made, and where their result goes.
#include <array>
#include <string_view>

#include "harness/commands/cli_flags.h"

namespace fanout {
namespace {

std::optional<double> parse_precision(const std::string& text) {
  const auto share = parse_share(text);
  return share && *share > 0 && *share <= 1 ? share : std::nullopt;
}

std::optional<double> parse_least(const std::string& text) {
  const auto share = parse_share(text);
  return share && *share <= 1 ? share : std::nullopt;
}

// How many rounds, and when to stop before.
void add_rounds(CLI::App& app, Options& options) {
  const CLI::Option* rounds = add_count(app, "--rounds", options.rounds, 1, 1000,
                                        "run every cell so many times (default: 10)");
  const CLI::Option* quick = app.add_flag_callback(
      "--quick", [&] { options.rounds = 3; }, "run 3 rounds, which give no intervals and no ranks");
  const CLI::Option* full = app.add_flag_callback(
      "--full",
      [&] {
        options.rounds = 20;
        options.precision = 0.03;
      },
      "run 10 to 20 rounds, until every cell is known to 3 %");
  const CLI::Option* precision =
      add_parsed(app, "--precision", options.precision, parse_precision,
                 "a share above 0 and up to 100%, such as 3% or 0.03",
                 "run 10 to 100 rounds, until every cell is known to this share", "SHARE");
  app.parse_complete_callback([=, &options] {
    const auto given = rounds->count() + quick->count() + full->count();
    if (given > 1) {
      throw UsageError("--rounds, --quick and --full exclude each other; use one of them");
    }
    if (given == 0 && precision->count() > 0) options.rounds = 100;
  });
}

// What makes the exit code say that something is worse than it may be.
void add_gate(CLI::App& app, Options& options) {
  app.add_option("--against", options.against,
                 "run every cell by this other fanout, too; exit with 4 if ours is worse")
      ->type_name("COMMAND");
  app.add_option("--baseline", options.baseline,
                 "hold your other programs against this one; exit with 4 if one is worse")
      ->type_name("PROGRAM");
  add_threshold(app, options.threshold);
  app.add_option("--fail-if", options.fail_if,
                 "exit with 4 if this holds for a cell, as 'p99 > 50ms'; repeatable")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  add_names(app, "--fail-on", options.fail_on, kFailOnNames,
            "by what --fail-if judges a cell (default: interval)");
  add_parsed(app, "--least-success", options.least_success, parse_least,
             "a share of 1, such as 99% or 0.99",
             "rank no cell in which fewer requests succeeded (default: 99%)", "SHARE");
  app.add_flag("--strict", options.strict, "exit with 3 if any request failed");
}

// What may stand beside --resume: it changes nothing that is measured.
constexpr std::array<std::string_view, 8> kBesideResume{"--resume",  "--output",     "--failures",
                                                        "--format",  "--dry-run",    "--quiet",
                                                        "--verbose", "--no-progress"};

}  // namespace

void check_resume(const CLI::App& command, const std::string& file) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || std::ranges::find(kBesideResume, name) != kBesideResume.end()) {
      continue;
    }
    throw UsageError(fmt::format(
        "{}: --resume goes on with the plan that {} holds, as it is; leave out {}, or measure anew",
        name, file, name));
  }
}

void add_threshold(CLI::App& app, double& threshold) {
  add_parsed(app, "--threshold", threshold, parse_share, "a share such as 5% or 0.05",
             "exit with 4 if something is worse by more than this (default: 5%)", "SHARE");
}

void add_measuring(CLI::App& app, Options& options) {
  add_rounds(app, options);
  add_gate(app, options);
  app.add_flag("--no-references", options.no_references,
               "run no A/A twin, client floor and server ceiling beside the cells");
  app.add_flag("--no-profile", options.no_profile,
               "do not run each cell once more to count its system calls");
  add_count(app, "--seed", options.seed, 0, 1'000'000'000'000,
            "fix the order of runs and the server's delays by this number");
  add_duration(app, "--time-budget", options.time_budget, "begin no further round after this time");
  add_duration(app, "--run-limit", options.run_limit, "take a run for hung after this time");
  add_names(app, "--affinity", options.affinity, kAffinityNames,
            "divide the CPUs among server and clients");
  app.add_option("-o,--output", options.output,
                 "write the result to this file; - prints it (default: results/runs/...)")
      ->type_name("FILE");
  app.add_option("--resume", options.resume,
                 "go on with a measurement that was stopped: run what this result lacks")
      ->type_name("RESULT.json");
  app.add_option("--failures", options.failures,
                 "write every request that failed to this file, as CSV")
      ->type_name("FILE");
  app.add_flag("--keep-secrets", options.keep_secrets,
               "do not mask secrets in the result, which then only you may read");
  app.add_flag("--dry-run", options.dry_run, "print what would run, and stop");
  app.add_flag("--no-progress", options.no_progress, "print no progress on standard error");
  app.add_flag("--quiet", options.quiet,
               "print neither progress nor table, and only write the result file");
  app.add_flag("--verbose", options.verbose, "print a line for each run");
}

}  // namespace fanout
