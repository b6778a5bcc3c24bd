#include "harness/catalogue/program.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/json_read.h"
#include "harness/catalogue/embedded.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

using json_read::Json;

const EnumNames<Program::InFlight, 3> kInFlight{{{"one", Program::InFlight::one},
                                                 {"workers", Program::InFlight::workers},
                                                 {"all", Program::InFlight::all}}};
const EnumNames<ClientLife, 2> kConnections{
    {{"request", ClientLife::request}, {"worker", ClientLife::worker}}};

std::string text_or_none(const std::string& path, const Json& json) {
  return json.is_null() ? std::string() : json_read::text(path, json);
}

Need need_from_json(const std::string& path, const Json& json) {
  json_read::check_object(path, json, {"program", "module", "package", "http"});
  return {.program = json.value("program", ""),
          .module = json.value("module", ""),
          .package = json_read::text(path, json.at("package")),
          .of_http2 = json.value("http", "") == "2"};
}

Program peer_from_json(const std::string& path, const Json& json) {
  using namespace json_read;
  check_object(path, json,
               {"name", "summary", "command", "needs", "article", "imitates", "in_flight",
                "connections", "http", "works"});
  Program peer{.name = text(path + ".name", json.at("name")),
               .summary = text(path + ".summary", json.at("summary")),
               .command = texts(path + ".command", json.at("command")),
               .needs = {},
               .article = text_or_none(path + ".article", json.at("article")),
               .imitates = text_or_none(path + ".imitates", json.at("imitates")),
               .in_flight = one_of(path + ".in_flight", json.at("in_flight"), kInFlight),
               .connections = one_of(path + ".connections", json.at("connections"), kConnections),
               .works = json.value("works", true)};
  if (const auto http = json.find("http"); http != json.end()) {
    peer.http.clear();
    for (const Json& one : *http) {
      peer.http.push_back(one_of(path + ".http", one, kHttpVersionNames));
    }
  }
  for (const Json& need : json.at("needs")) {
    peer.needs.push_back(need_from_json(path + ".needs", need));
  }
  return peer;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '-' && text != "all" &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
             "XYZ0123456789_-.") == std::string_view::npos;
}

bool is_utf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

// The shell makes way for a single command, so that no further process is measured.
std::string shell_command(const std::string& command) {
  const std::size_t word = command.find_first_not_of(" \t");
  const std::string first = command.substr(word, command.find_first_of(" \t", word) - word);
  static const std::set<std::string> kOfTheShell{
      ".",  "!",   "[",    "case", "cd",   "command", "eval",  "exec",  "export", "for",
      "if", "set", "test", "time", "trap", "ulimit",  "umask", "until", "while"};
  const bool single = !kOfTheShell.contains(first) &&
                      command.find_first_of(";|&(){}\n") == std::string::npos &&
                      first.find('=') == std::string::npos;
  return single ? "exec " + command : command;
}

}  // namespace

bool speaks(const Program& program, HttpVersion version) {
  return std::ranges::find(program.http, version) != program.http.end();
}

std::vector<Program> peers_from_json(std::string_view name, std::string_view text) {
  std::vector<Program> registry;
  for (const Json& json : json_read::parse(name, text, "mend it")) {
    registry.push_back(peer_from_json(fmt::format("{}[{}]", name, registry.size()), json));
  }
  return registry;
}

std::span<const Program> peers() {
  static const std::vector<Program> registry =
      peers_from_json(peer_registry.front().name, peer_registry.front().text);
  return registry;
}

const Program* find_peer(std::string_view name) {
  const auto found = std::ranges::find(peers(), name, &Program::name);
  return found == peers().end() ? nullptr : &*found;
}

std::optional<Program> program_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  const std::string name = text.substr(0, equals);
  const std::string command = text.substr(equals + 1);
  if (!is_utf8(text) || !is_name(name) || command.find_first_not_of(" \t\n") == std::string::npos)
    return std::nullopt;
  const bool strategy =
      std::ranges::any_of(strategies(), [&](auto* row) { return row->name == name; });
  if (strategy || find_peer(name) != nullptr) {
    throw UsageError(
        fmt::format("--external: {} is one of fanout's own; choose another name", name));
  }
  return Program{.name = name,
                 .summary = command,
                 .command = {"/bin/sh", "-c", shell_command(command)},
                 .needs = {},
                 .article = {},
                 .imitates = {},
                 .own = true};
}

}  // namespace fanout
