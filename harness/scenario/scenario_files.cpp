// Scenarios by name: built-in ones, and files.
#include "base/file.h"
#include "base/json_read.h"
#include "harness/catalogue/embedded.h"
#include "harness/catalogue/names.h"
#include "harness/scenario/scenario_json.h"

namespace fanout {
namespace {

using json_read::Json;

Json parse(std::string_view text, const std::string& where) {
  constexpr std::string_view kHint =
      "a scenario is one JSON object, see docs/reference.md, \"Scenario files\"";
  return json_read::parse(where, text, kHint);
}

bool is_file_name(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".json");
}

Json document_of(const std::string& name_or_file) {
  if (is_file_name(name_or_file)) {
    const std::optional<std::string> text = read_file(name_or_file);
    if (!text) {
      throw UsageError(
          fmt::format("{}: cannot be read; name a file, or one of the built-in "
                      "scenarios (fanout list scenarios)",
                      name_or_file));
    }
    Json json = parse(*text, name_or_file);
    if (json.is_object() && json.contains("targets") && !json["targets"].is_null()) {
      throw UsageError(fmt::format(
          "{}: targets: a scenario has none; name real ones by --url or --urls", name_or_file));
    }
    return json;
  }
  std::vector<std::string_view> known;
  for (const EmbeddedFile& file : builtin_scenarios) {
    if (file.name == name_or_file) return parse(file.text, name_or_file);
    known.push_back(file.name);
  }
  throw_unknown("scenario", name_or_file, known);
}

}  // namespace

Scenario load_scenario(const std::string& name_or_file) {
  return scenario_from_json(document_of(name_or_file), name_or_file);
}

std::vector<Scenario> load_scenarios(const std::string& name_or_file) {
  Json base = document_of(name_or_file);
  std::vector<Scenario> scenarios{scenario_from_json(base, name_or_file)};
  const Json variants = base.value("variants", Json::object());
  base.erase("variants");
  for (const auto& [name, differs] : variants.items()) {
    Json json = base;
    if (differs.contains("work")) json.erase("work");  // of its forms one at most
    json.merge_patch(differs);
    json["name"] = fmt::format("{}.{}", scenarios.front().name, name);
    json["variant_of"] = scenarios.front().name;
    scenarios.push_back(
        scenario_from_json(json, fmt::format("{}: variants.{}", name_or_file, name)));
  }
  return scenarios;
}

}  // namespace fanout
