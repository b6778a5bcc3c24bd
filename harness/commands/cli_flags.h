// Kinds of flags: each parses its text and names flag, value and what was expected in its error.
// Private to the .cpp files of the command line: including it compiles CLI11.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/commands/options.h"
#include "harness/plan/selection.h"

namespace fanout {

[[noreturn]] inline void fail_value(const std::string& flag, const std::string& found,
                                    const std::string& expected) {
  throw UsageError(fmt::format("{}: expected {}, found \"{}\"", flag, expected, found));
}

// An option whose text is turned into a value by `parse`, an optional-returning function.
template <class Target, class Parse>
CLI::Option* add_parsed(CLI::App& app, const std::string& flags, Target& target, Parse parse,
                        const std::string& expected, const std::string& help,
                        const std::string& type) {
  const std::string flag = flags.substr(flags.rfind(',') + 1);
  return app
      .add_option_function<std::string>(
          flags,
          [&target, parse, flag, expected](const std::string& text) {
            const auto value = parse(text);
            if (!value) fail_value(flag, text, expected);
            target = *value;
          },
          help)
      ->type_name(type);
}

inline void add_duration(CLI::App& app, const std::string& flags,
                         std::optional<std::chrono::nanoseconds>& target, const std::string& help) {
  const auto positive = [](const std::string& text) {
    const auto value = parse_duration(text);
    return value && value->count() > 0 ? value : std::nullopt;
  };
  add_parsed(app, flags, target, positive, "a duration with a unit, such as 1.5s or 250ms", help,
             "DURATION");
}

template <class Target>
CLI::Option* add_count(CLI::App& app, const std::string& flags, Target& target, std::uint64_t low,
                       std::uint64_t high, const std::string& help) {
  const auto within = [=](const std::string& text) -> std::optional<std::uint64_t> {
    const auto value = parse_count(text);
    return value && *value >= low && *value <= high ? value : std::nullopt;
  };
  return add_parsed(
      app, flags, target, within,
      fmt::format("a whole number from {} to {} (10k and 2M are understood)", low, high), help,
      "COUNT");
}

// An option whose text is one of a few names.
template <class Target, class T, std::size_t N>
void add_names(CLI::App& app, const std::string& flags, Target& target,
               const EnumNames<T, N>& names, const std::string& help) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : names) known.push_back(name);
  const auto choose = [names](const std::string& text) { return enum_value(text, names); };
  add_parsed(app, flags, target, choose, fmt::format("one of {}", fmt::join(known, ", ")),
             fmt::format("{} ({})", help, fmt::join(known, ", ")), "NAME");
}

inline void add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
                     const std::string& help, const std::string& type) {
  app.add_option_function<std::string>(
         flag,
         [&target, flag](const std::string& text) {
           target = split_commas(text);
           if (std::ranges::count(target, "") != 0) {
             fail_value(flag, text, "names with commas between them, none of them empty");
           }
         },
         help)
      ->type_name(type);
}

// The flags that choose what runs (harness/commands/cli_selection.cpp).
void add_selection(CLI::App& app, Selection& selection);

// The flags that name real targets (harness/commands/cli_targets.cpp). `many`: whether requests are
// made by the thousands, and not to record how the targets answer.
void add_targets(CLI::App& app, Options& options, bool many = true);

// Those of record, of which one source must be named, and none of the flags of the others. Throws
// UsageError.
void add_record(CLI::App& app, Options& options);
void check_record(const CLI::App& app, const Options& options);

// Those of another machine (harness/commands/cli_machines.cpp): of the server, for run and sweep,
// and of its controller, for serve.
void add_remote(CLI::App& app, RemoteOptions& remote);
void add_control(CLI::App& app, ControlOptions& control);

// Throws UsageError where they do not go with the other flags of the command. --key belongs to
// --server where that is given, else to real targets.
void check_remote(const CLI::App& command, Options& options);

// The flags that say how runs are made (harness/commands/cli_measuring.cpp).
void add_measuring(CLI::App& app, Options& options);
void add_threshold(CLI::App& app, double& threshold);

// Throws UsageError if the command has other flags beside --resume, of this file, than those which
// say where the result goes and what is printed.
void check_resume(const CLI::App& command, const std::string& file);

// Replaces a body that names a file, or standard input unless that is the list of URLs, by what is
// in there. Throws UsageError.
void read_body(Selection& selection, bool list_on_stdin);

// The whole command line (harness/commands/cli.cpp): what is parsed, and what help, completion and
// the manual page describe.
void define_command_line(CLI::App& app, Options& options);

}  // namespace fanout
