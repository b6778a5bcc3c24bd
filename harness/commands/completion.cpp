#include "harness/commands/completion.h"

#include <array>
#include <span>
#include <utility>

#include "harness/analysis/compare.h"
#include "harness/commands/cli_flags.h"
#include "harness/print/list.h"

namespace fanout {
namespace {

// Where on the command line a word stands.
struct Place {
  const CLI::App* command;
  std::size_t arguments = 0;          // of the command, before the word, that are no flags
  const CLI::Option* flag = nullptr;  // whose value the word is
};

const CLI::App* subcommand(const CLI::App& app, const std::string& name) {
  const auto all =
      app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == name; });
  return all.empty() ? nullptr : all.front();
}

// The flag of this name that takes a value, or null.
const CLI::Option* flag_with_value(const CLI::App& command, const std::string& name) {
  if (!name.starts_with('-')) return nullptr;
  const CLI::Option* option = command.get_option_no_throw(name);
  return option != nullptr && option->get_items_expected_max() > 0 ? option : nullptr;
}

Place place_after(const CLI::App& app, std::span<const std::string> words) {
  Place place{&app};
  for (const std::string& word : words) {
    if (place.flag != nullptr) {
      if (word != "=") place.flag = nullptr;  // bash makes three words of --flag=value
    } else if (word.starts_with('-')) {
      place.flag = flag_with_value(*place.command, word);
    } else if (const CLI::App* sub = subcommand(*place.command, word)) {
      place.command = sub;
    } else {
      ++place.arguments;
    }
  }
  return place;
}

// The names in the parenthesis at the end of a help text, where add_names puts them.
std::vector<Known> names_in(const std::string& help) {
  const std::size_t open = help.rfind('(');
  const std::size_t close = help.rfind(')');
  std::vector<Known> names;
  if (open == std::string::npos || close + 1 != help.size()) return names;
  for (const std::string& name : split_commas(help.substr(open + 1, close - open - 1))) {
    names.push_back({std::string(trimmed(name)), ""});
  }
  return names;
}

// The names that this option takes.
std::vector<Known> names_for(const CLI::Option& option) {
  static constexpr std::array<std::pair<std::string_view, Topic>, 3> kTopics{
      {{"--strategy", Topic::strategies},
       {"--transport", Topic::transports},
       {"--scenario", Topic::scenarios}}};
  for (const auto& [flag, topic] : kTopics) {
    if (option.check_name(std::string(flag))) return known(topic);
  }
  if (option.check_name("--measure")) {
    std::vector<Known> names;
    for (const Measure& measure : measures()) names.push_back({std::string(measure.name), ""});
    names.push_back({std::string(kSuccessMeasure), ""});
    return names;
  }
  return option.get_type_name() == "NAME" ? names_in(option.get_description())
                                          : std::vector<Known>{};
}

// The known words that begin as the one typed does, with what stands before them in it.
std::string lines(const std::vector<Known>& words, const std::string& typed,
                  const std::string& before = "") {
  std::string text;
  for (const auto& [name, summary] : words) {
    if (name.starts_with(typed)) text += fmt::format("{}{}\t{}\n", before, name, summary);
  }
  return text;
}

// The values of an option that begin as `typed` does. A file's name stands in a list only first.
std::string values(const CLI::Option& option, const std::string& typed,
                   const std::string& before = "") {
  const std::string type = option.get_type_name();
  const bool is_list = type.ends_with(",...");
  const std::size_t comma = is_list ? typed.rfind(',') + 1 : 0;
  std::vector<Known> names = names_for(option);
  for (const std::string& taken : split_commas(typed.substr(0, comma))) {
    std::erase_if(names, [&](const Known& row) { return row.name == taken; });
  }
  std::string text = lines(names, typed.substr(comma), before + typed.substr(0, comma));
  const bool is_file = type.find("FILE") != std::string::npos || type.ends_with(".json");
  if (is_file && comma == 0) text += ":files\n";
  return text;
}

std::vector<Known> flags_of(const CLI::App& command) {
  std::vector<Known> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back({"--" + name, option->get_description()});
    }
  }
  return flags;
}

// What a command takes that is no flag; the last such option may take many.
const CLI::Option* argument_at(const CLI::App& command, std::size_t index) {
  const auto options =
      command.get_options([](const CLI::Option* option) { return option->get_positional(); });
  if (index < options.size()) return options[index];
  const bool many = !options.empty() && options.back()->get_items_expected_max() > 1;
  return many ? options.back() : nullptr;
}

std::string commands_of(const CLI::App& app, const std::string& typed) {
  std::vector<Known> commands;
  for (const CLI::App* sub : app.get_subcommands({})) {
    commands.push_back({sub->get_name(), sub->get_description()});
  }
  return lines(commands, typed);
}

}  // namespace

std::string completions(const std::vector<std::string>& words) {
  Options options;
  CLI::App app;
  define_command_line(app, options);
  const std::string last = words.empty() ? "" : words.back();
  const Place place =
      place_after(app, std::span(words).first(words.empty() ? 0 : words.size() - 1));
  if (place.flag != nullptr) return values(*place.flag, last == "=" ? "" : last);
  if (const std::size_t equals = last.find('='); equals != std::string::npos) {
    const CLI::Option* flag = flag_with_value(*place.command, last.substr(0, equals));
    return flag == nullptr ? ""
                           : values(*flag, last.substr(equals + 1), last.substr(0, equals + 1));
  }
  std::string text;
  if (!last.starts_with('-')) {
    text = commands_of(*place.command, last);
    const CLI::Option* argument = argument_at(*place.command, place.arguments);
    if (argument != nullptr) text += values(*argument, last);
  }
  return text.empty() ? lines(flags_of(*place.command), last) : text;
}

}  // namespace fanout
