#include "harness/commands/result_file.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/error.h"
#include "harness/scenario/secrets.h"

namespace fanout {
namespace {

// Refuses a file that cannot be written, or that is what the user asks to read.
void check_output(const Options& options, const std::string& flag, const std::string& output) {
  std::vector<std::string> inputs = options.selection.scenarios;
  inputs.push_back(options.urls.file);
  for (const std::string& input : inputs) {
    std::error_code absent;
    if (std::filesystem::equivalent(input, output, absent)) {
      throw UsageError(fmt::format("{} {}: is {} itself; name another file", flag, output,
                                   input == options.urls.file ? "the list" : "the scenario"));
    }
  }
  check_writable(flag, output);
}

}  // namespace

std::string default_output(const Plan& plan) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string stem =
      fmt::format("results/runs/{:%Y%m%d-%H%M%S}-{}", now, plan.scenarios.front().name);
  std::string name = stem + ".json";
  for (int i = 2; std::filesystem::exists(name); ++i) name = fmt::format("{}-{}.json", stem, i);
  return name;
}

bool is_standard_output(const std::string& output) { return output == "-"; }

void check_outputs(const Options& options, const std::string& output) {
  if (!is_standard_output(output)) check_output(options, "--output", output);
  if (options.failures.empty()) return;
  check_output(options, "--failures", options.failures);
  if (std::filesystem::absolute(options.failures) == std::filesystem::absolute(output)) {
    throw UsageError(fmt::format("--failures {}: is the result; name another file", output));
  }
}

Readers readers_of(const Options& options, const Plan& plan, const UrlList* urls) {
  const auto has_secret = [](const Scenario& scenario) {
    return std::ranges::any_of(scenario.headers, [](const std::string& header) {
      return masked_header(header) != header;
    });
  };
  const bool any = options.typed_secrets || (urls != nullptr && urls->secrets) ||
                   std::ranges::any_of(plan.scenarios, has_secret);
  return any || options.keep_secrets ? Readers::owner : Readers::usual;
}

Plan masked(Plan plan) {
  for (Scenario& scenario : plan.scenarios) {
    for (std::string& header : scenario.headers) header = masked_header(header);
  }
  for (PlannedProgram& program : plan.programs) program.command = masked_command(program.command);
  return plan;
}

}  // namespace fanout
