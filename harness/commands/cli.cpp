#include "harness/commands/cli.h"

#include <iostream>

#include "harness/catalogue/names.h"
#include "harness/commands/cli_flags.h"
#include "harness/machine/environment.h"
#include "harness/plan/selection.h"
#include "harness/scenario/mode.h"
#include "harness/scenario/secrets.h"

namespace fanout {
namespace {

void add_format(CLI::App& app, Options& options) {
  add_names(app, "--format", options.format, kFormatNames, "print");
}

// A command that has --format, too.
void add_html(CLI::App& app, Options& options, const std::string& help) {
  app.add_option("--html", options.html, help)->type_name("FILE");
  app.parse_complete_callback([&app] {
    if (app.count("--html") + app.count("--format") > 1) {
      throw UsageError("--html and --format exclude each other; use one of them");
    }
  });
}

void add_report(CLI::App& app, Options& options) {
  app.add_option("file", options.files, "read these result files; several of them need --html")
      ->required()
      ->type_name("RESULT.json");
  add_html(app, options, "write a page with charts, in one file that needs no network");
  add_format(app, options);
}

void add_compare(CLI::App& app, Options& options) {
  CompareOptions& compare = options.compare;
  app.add_option("result", compare.base,
                 "BASE and NEW; only BASE with --new; a folder, or 3 or more: over time")
      ->required()
      ->type_name("RESULT.json");
  app.add_option("--new", compare.next,
                 "judge these results against all the others, each a session of its own")
      ->type_name("RESULT.json");
  add_threshold(app, compare.threshold);
  add_list(app, "--measure", compare.measures,
           "judge only makespan, throughput, cpu, p99, response_p99 or success", "NAME,...");
  app.add_flag("--force", compare.force,
               "compare unlike results too, and say what differs; never exit with 3");
  add_html(app, options, "over time: write a page with charts, in one file that needs no network");
  add_names(app, "--format", options.format,
            EnumNames<Format, 4>{{{"table", Format::table},
                                  {"markdown", Format::markdown},
                                  {"json", Format::json},
                                  {"csv", Format::csv}}},
            "print it in this form; csv: over time");
}

void add_serve(CLI::App& app, Options& options) {
  ServerConfig& server = options.server;
  std::string& scenario = options.serve_scenario;
  add_control(app, options.control);
  app.add_option("--scenario", scenario, "serve as the server of this scenario, a name or a file")
      ->type_name("NAME|FILE");
  add_count(app, "--port", server.port, 0, 65535, "listen on this port (default: any free one)");
  app.add_option("--bind", server.bind,
                 "listen on this address (default: 127.0.0.1, this machine only)")
      ->check(CLI::ValidIPV4)
      ->type_name("IPV4");
  add_names(app, "--engine", server.engine, kEngineNames, "use this engine");
  add_names(app, "--http", server.http, kHttpVersionNames,
            "speak 2 beside 1.1, by ALPN or prior knowledge");
  add_count(app, "--threads", server.threads, 1, 4096, "give engine httplib so many threads");
  add_count(app, "--loops", server.loops, 1, kMostLoops,
            "run so many event loops of engine asio, each on its own thread");
  add_count(app, "--body-bytes", server.hosts[0].body_bytes, 0, 1 << 30,
            "answer with a body of so many bytes");
  add_parsed(app, "--delay", server.hosts[0].delay.mean, parse_duration,
             "a duration with a unit, such as 17ms", "answer after this time", "DURATION");
  app.parse_complete_callback([&app] {
    for (const char* flag : {"--engine", "--threads", "--loops", "--body-bytes", "--delay"}) {
      if (app.count("--scenario") > 0 && app.count(flag) > 0) {
        throw UsageError(
            fmt::format("--scenario and {} exclude each other; use one of them", flag));
      }
    }
  });
}

// The subcommands, each of which notes in `options` that it was chosen.
void add_commands(CLI::App& app, Options& options) {
  const auto add = [&](const char* name, const char* help, Command command) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->callback([&options, command] { options.command = command; });
    return sub;
  };
  for (auto [name, help, command] :
       {std::tuple{"run", "run strategies on a scenario, print the table and write the result",
                   Command::run},
        std::tuple{"sweep",
                   "do the same over several numbers of workers (default: 1..64), and say where "
                   "more stop paying",
                   Command::sweep}}) {
    CLI::App* sub = add(name, help, command);
    add_selection(*sub, options.selection);
    add_targets(*sub, options);
    add_remote(*sub, options.remote);
    add_measuring(*sub, options);
    add_format(*sub, options);
  }
  CLI::App* list = add("list", "list strategies, transports, scenarios or cells", Command::list);
  add_names(*list, "topic", options.topic, kTopicNames, "list these");
  list->get_option("topic")->required();
  add_selection(*list, options.selection);
  add_targets(*list, options);
  add_report(*add("report", "print a saved result, or make a page of it", Command::report),
             options);
  add_compare(
      *add("compare", "compare results of the same cells, and say what is slower or faster now",
           Command::compare),
      options);
  add_record(*add("record", "ask a real API politely, and write a scenario that behaves like it",
                  Command::record),
             options);
  add_serve(*add("serve", "run the local server alone", Command::serve), options);
  add("doctor", "say whether this machine is fit to measure", Command::doctor)
      ->add_flag("--json", options.doctor_json, "print JSON");
}

// Real targets are instead of a scenario, and of the embedded server.
void check_targets(const CLI::App& app, const Options& options) {
  if (options.command == Command::record) {
    check_record(*app.get_subcommands().front(), options);
    if (options.urls.empty()) return;
  }
  if (options.urls.skip_bad_lines && options.urls.file.empty()) {
    throw UsageError("--skip-bad-lines is for the list of --urls; give one");
  }
  if (options.urls.empty()) {
    if (!options.urls.resolve.empty()) {
      throw UsageError("--resolve says where the names of URLs lead; use it with --url or --urls");
    }
    if (options.urls.follow) {
      throw UsageError("--follow is for real targets; use it with --url or --urls");
    }
    if (options.tls.certificate_file.empty() && options.tls.key_file.empty()) return;
    throw UsageError("--cert and --key are for real targets; use them with --url or --urls");
  }
  for (const char* flag : {"--scenario", "--engine"}) {
    if (options.command == Command::record) return;
    if (app.get_subcommands().front()->count(flag) == 0) continue;
    throw UsageError(fmt::format("{} and {} exclude each other; use one of them",
                                 options.urls.file.empty() ? "--url" : "--urls", flag));
  }
}

// What was typed, to be shown again.
void note_command_line(const std::vector<std::string>& arguments, Options& options) {
  std::string typed = "fanout";
  for (const std::string& argument : arguments) typed += " " + shell_word(argument);
  const std::string masked = "fanout " + masked_command_line(arguments);
  options.typed_secrets = typed != masked;
  options.command_line = options.keep_secrets ? typed : masked;
}

// Everything that may stand where `app` is parsing.
std::vector<std::string> expected_at(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
  for (const CLI::Option* option : app.get_options()) names.push_back(option->get_name());
  return names;
}

// The unexpected argument with the nearest thing that is expected there.
[[noreturn]] void throw_unexpected(const CLI::App& app, const std::string& argument) {
  const auto chosen = app.get_subcommands();
  const CLI::App& at = chosen.empty() ? app : *chosen.front();
  const std::vector<std::string> names = expected_at(at);
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string nearest = nearest_name(argument.substr(0, argument.find('=')), known);
  throw UsageError(fmt::format("{}: not expected here; {}see {} {}--help", argument,
                               nearest.empty() ? "" : "did you mean " + nearest + "? ",
                               app.get_name(), chosen.empty() ? "" : at.get_name() + " "));
}

// Turns what CLI11 throws into one line. False if help or the version was asked for and printed.
bool parse_with(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    app.exit(success, std::cout, std::cerr);
    return false;
  } catch (const CLI::ExtrasError&) {
    throw_unexpected(app, app.remaining(true).front());
  } catch (const CLI::RequiredError& error) {
    if (const auto rest = app.remaining(true); !rest.empty()) throw_unexpected(app, rest.front());
    throw UsageError(fmt::format("{}; see {} --help", error.what(), app.get_name()));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  }
  return true;
}

}  // namespace

void define_command_line(CLI::App& app, Options& options) {
  app.name("fanout");
  app.description("Which client-side concurrency strategy should I use, and what will it cost me?");
  app.set_version_flag("--version", this_tool().version);
  app.require_subcommand(1);
  add_commands(app, options);
}

bool parse_selection(int argc, char** argv, const std::string& program, Selection& selection) {
  CLI::App app("Flags that choose what runs", program);
  add_selection(app, selection);
  if (!parse_with(app, argc, argv)) return false;
  read_body(selection, false);
  return true;
}

std::optional<Options> parse_command_line(int argc, char** argv) {
  Options options;
  CLI::App app;
  define_command_line(app, options);
  if (!parse_with(app, argc, argv)) return std::nullopt;
  if (options.resume) check_resume(*app.get_subcommands().front(), *options.resume);
  check_remote(*app.get_subcommands().front(), options);
  check_targets(app, options);
  note_command_line({argv + 1, argv + argc}, options);
  read_body(options.selection, options.urls.file == "-");
  return options;
}

}  // namespace fanout
