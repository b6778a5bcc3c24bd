#include "harness/commands/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/selection.h"
#include "tests/unit/support.h"

namespace fanout {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using unit_test::usage_error;
using Workers = std::vector<unsigned>;

std::optional<Options> parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "fanout");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return parse_command_line(static_cast<int>(arguments.size()), argv.data());
}

Options parsed(const std::vector<std::string>& arguments) { return parse(arguments).value(); }

std::string error_of(const std::vector<std::string>& arguments) {
  std::string error = usage_error([&] { parse(arguments); });
  EXPECT_THAT(error, Not(HasSubstr("\n")));
  return error;
}

TEST(ParseCommandLine, TakesTheSelection) {
  const Options options = parsed({"run",
                                  "--scenario",
                                  "zero,mine.json",
                                  "--strategy",
                                  "sequential,thread_pool",
                                  "--transport",
                                  "all",
                                  "--workers",
                                  "1,2",
                                  "-n",
                                  "10k",
                                  "--reuse",
                                  "off",
                                  "--method",
                                  "HEAD",
                                  "--engine",
                                  "httplib",
                                  "--timeout",
                                  "1.5s",
                                  "--connect-timeout",
                                  "250ms"});
  const Selection& selection = options.selection;
  EXPECT_EQ(options.command, Command::run);
  EXPECT_EQ(selection.scenarios, (std::vector<std::string>{"zero", "mine.json"}));
  EXPECT_EQ(selection.strategies, (std::vector<std::string>{"sequential", "thread_pool"}));
  EXPECT_EQ(selection.transports, std::vector<std::string>{"all"});
  EXPECT_EQ(selection.workers, (Workers{1, 2}));
  EXPECT_EQ(selection.requests, 10'000U);
  EXPECT_EQ(selection.reuse, false);
  EXPECT_EQ(selection.method, Method::head);
  EXPECT_EQ(selection.engine, EngineKind::httplib);
  EXPECT_EQ(selection.timeout, 1500ms);
  EXPECT_EQ(selection.connect_timeout, 250ms);
}

TEST(ParseCommandLine, TakesHowToMeasure) {
  const Options options = parsed({"sweep", "--rounds", "12", "--seed", "7", "--time-budget", "60s",
                                  "--run-limit", "2m", "--affinity", "shared", "-o", "out.json",
                                  "--format", "csv", "--dry-run", "--no-progress", "--quiet"});
  EXPECT_EQ(options.command, Command::sweep);
  EXPECT_EQ(options.rounds, 12U);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.time_budget, 60s);
  EXPECT_EQ(options.run_limit, 2min);
  EXPECT_EQ(options.affinity, Affinity::shared);
  EXPECT_EQ(options.output, "out.json");
  EXPECT_EQ(options.format, Format::csv);
  EXPECT_TRUE(options.dry_run);
  EXPECT_TRUE(options.no_progress);
  EXPECT_TRUE(options.quiet);
  EXPECT_FALSE(options.verbose);
}

TEST(ParseCommandLine, LeavesTheScenariosOwnValuesAlone) {
  const Options options = parsed({"run"});
  EXPECT_EQ(options.rounds, 10U);
  EXPECT_EQ(options.selection.scenarios, std::vector<std::string>{"api-fanout"});
  EXPECT_TRUE(options.selection.strategies.empty());
  EXPECT_TRUE(options.selection.workers.empty());
  EXPECT_EQ(options.selection.requests, std::nullopt);
  EXPECT_EQ(options.selection.timeout, std::nullopt);
}

TEST(ParseCommandLine, TakesQuickAndFull) {
  EXPECT_EQ(parsed({"run", "--quick"}).rounds, 3U);
  EXPECT_EQ(parsed({"run", "--full"}).rounds, 20U);
}

TEST(ParseCommandLine, TakesTheOtherCommands) {
  EXPECT_EQ(parsed({"list", "scenarios"}).topic, Topic::scenarios);
  EXPECT_EQ(parsed({"report", "a.json", "--format", "markdown"}).files.at(0), "a.json");
  const Options serve = parsed({"serve", "--port", "8080", "--delay", "17ms", "--body-bytes", "2k",
                                "--engine", "httplib", "--threads", "4", "--bind", "127.0.0.2"});
  EXPECT_EQ(serve.command, Command::serve);
  EXPECT_EQ(serve.server.port, 8080);
  EXPECT_EQ(serve.server.hosts[0].delay.mean, 17ms);
  EXPECT_EQ(serve.server.hosts[0].body_bytes, 2000U);
  EXPECT_EQ(serve.server.threads, 4U);
  EXPECT_EQ(serve.server.bind, "127.0.0.2");
  EXPECT_EQ(serve.server.loops, std::nullopt);
  EXPECT_EQ(parsed({"serve", "--loops", "4"}).server.loops, 4U);
}

TEST(ParseCommandLine, KeepsTheLineAsTyped) {
  EXPECT_EQ(parsed({"run", "--quick", "-n", "5"}).command_line, "fanout run --quick -n 5");
}

TEST(ParseCommandLine, SuggestsTheFlagMeant) {
  EXPECT_EQ(error_of({"run", "--worker", "5"}),
            "--worker: not expected here; did you mean --workers? see fanout run --help");
  EXPECT_THAT(error_of({"run", "--straegy=all"}), HasSubstr("did you mean --strategy?"));
  EXPECT_THAT(error_of({"run", "--nonsense"}), Not(HasSubstr("did you mean")));
}

TEST(ParseCommandLine, SuggestsTheCommandMeant) {
  EXPECT_THAT(error_of({"swep"}), HasSubstr("did you mean sweep?"));
}

TEST(ParseCommandLine, SaysWhatAValueShouldBe) {
  EXPECT_EQ(error_of({"run", "--timeout", "5"}),
            "--timeout: expected a duration with a unit, such as 1.5s or 250ms, found \"5\"");
  EXPECT_THAT(error_of({"run", "--time-budget", "0s"}), StartsWith("--time-budget: expected "));
  EXPECT_EQ(error_of({"run", "-n", "0"}),
            "--requests: expected a whole number from 1 to 4000000000, since requests are numbered "
            "in 32 bits (10k and 2M are understood), found \"0\"");
  EXPECT_EQ(error_of({"run", "--format", "xml"}),
            "--format: expected one of table, markdown, csv, json, gbench, junit, github, "
            "prometheus, found \"xml\"");
  EXPECT_THAT(error_of({"run", "--strategy", "a,,b"}), StartsWith("--strategy: expected names"));
  EXPECT_THAT(error_of({"run", "--workers", "none"}), StartsWith("--workers: expected numbers"));
}

TEST(ParseCommandLine, RefusesAnEmptyNameAtTheEndOfAList) {
  EXPECT_THAT(error_of({"run", "--strategy", "a,"}), StartsWith("--strategy: expected names"));
}

TEST(ParseCommandLine, RefusesEveryBadLine) {
  const std::vector<std::vector<std::string>> lines{
      {},
      {"run", "zero"},
      {"run", "--rounds"},
      {"run", "--rounds", "0"},
      {"run", "--rounds", "1001"},
      {"run", "--rounds", "3", "--quick"},
      {"run", "--quick", "--full"},
      {"run", "--seed", "-1"},
      {"run", "--reuse", "maybe"},
      {"run", "--run-limit", "nans"},
      {"list"},
      {"list", "colours"},
      {"report"},
      {"serve", "--port", "65536"},
      {"serve", "--bind", "localhost"},
      {"serve", "--delay", "17"},
      {"run", "list", "cells"},
  };
  for (const auto& line : lines) {
    EXPECT_NE(error_of(line), "no error") << testing::PrintToString(line);
  }
}

TEST(ParseCommandLine, ReturnsNothingOnceHelpOrTheVersionIsPrinted) {
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"--help"}, {"run", "--help"}, {"--version"}}) {
    testing::internal::CaptureStdout();
    EXPECT_FALSE(parse(line).has_value());
    EXPECT_FALSE(testing::internal::GetCapturedStdout().empty()) << line[0];
  }
}

}  // namespace
}  // namespace fanout
