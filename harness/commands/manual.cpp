#include "harness/commands/manual.h"

#include <set>

#include "harness/catalogue/embedded.h"
#include "harness/commands/cli_flags.h"
#include "harness/machine/environment.h"

namespace fanout {
namespace {

// Text that man shows as it is: none of it is taken for a command, and a hyphen stays one.
std::string escaped(std::string_view text) {
  std::string safe = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", escaped(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", escaped(text)); }

std::string names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back(bold("-" + name));
  for (const std::string& name : option.get_lnames()) names.push_back(bold("--" + name));
  return fmt::format("{}", fmt::join(names, ", "));
}

// An option's names, or an argument's place, with what stands there.
std::string heading_of(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return names_of(option);
  const std::string value = italic(option.get_type_name());
  return option.get_positional() ? value : names_of(option) + " " + value;
}

// A command and its flags. Those in `told`, which a command above takes too, are only named.
std::string section_of(const CLI::App& command, std::set<std::string>& told) {
  std::string text = fmt::format(".SS fanout {}\n{}.\n", escaped(command.get_name()),
                                 escaped(command.get_description()));
  std::vector<std::string> as_above;
  for (const CLI::Option* option : command.get_options()) {
    if (option == command.get_help_ptr()) continue;
    const std::string entry =
        fmt::format(".TP\n{}\n{}.\n", heading_of(*option), escaped(option->get_description()));
    if (told.insert(entry).second) {
      text += entry;
    } else {
      as_above.push_back(names_of(*option));
    }
  }
  if (!as_above.empty()) {
    text += fmt::format(".PP\nTakes these as well, as above: {}.\n", fmt::join(as_above, ", "));
  }
  return text;
}

std::string sections_of(const CLI::App& app) {
  std::set<std::string> told;
  std::string text;
  for (const CLI::App* command : app.get_subcommands({})) text += section_of(*command, told);
  return text;
}

}  // namespace

std::string manual_page() {
  Options options;
  CLI::App app;
  define_command_line(app, options);
  std::string page(manual_template.front().text);
  for (const auto& [mark, text] :
       {std::pair<std::string, std::string>{"@VERSION@", this_tool().version},
        {"@COMMANDS@\n", sections_of(app)}}) {
    page.replace(page.find(mark), mark.size(), text);
  }
  return page;
}

}  // namespace fanout
