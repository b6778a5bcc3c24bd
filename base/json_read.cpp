#include "base/json_read.h"

#include <algorithm>

#include "base/error.h"
#include "base/units.h"

namespace fanout::json_read {

void fail(std::string_view path, const Json& found, std::string_view expected) {
  constexpr std::size_t kShown = 60;
  std::string shown = found.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (shown.size() > kShown) shown = shown.substr(0, kShown) + "...";
  throw UsageError(fmt::format("{}: expected {}, found {}", path, expected, shown));
}

void check_object(std::string_view path, const Json& json,
                  std::initializer_list<std::string_view> known) {
  if (!json.is_object()) fail(path, json, "an object");
  for (const auto& item : json.items()) {
    if (std::ranges::find(known, item.key()) == known.end()) {
      throw UsageError(
          fmt::format("{}.{}: unknown key; known: {}", path, item.key(), fmt::join(known, ", ")));
    }
  }
}

const Json& required(std::string_view path, const Json& json, const char* key,
                     std::string_view needs) {
  const auto found = json.find(key);
  if (found == json.end()) throw UsageError(fmt::format("{}.{}: missing; {}", path, key, needs));
  return *found;
}

std::uint64_t whole_number(std::string_view path, const Json& json, std::uint64_t low,
                           std::uint64_t high) {
  const bool fits = json.is_number_unsigned() && json.get<std::uint64_t>() >= low &&
                    json.get<std::uint64_t>() <= high;
  if (!fits) fail(path, json, fmt::format("a whole number from {} to {}", low, high));
  return json.get<std::uint64_t>();
}

bool boolean(std::string_view path, const Json& json) {
  if (!json.is_boolean()) fail(path, json, "true or false");
  return json.get<bool>();
}

std::string text(std::string_view path, const Json& json) {
  if (!json.is_string()) fail(path, json, "a text");
  return json.get<std::string>();
}

std::vector<std::string> texts(std::string_view path, const Json& json) {
  if (!json.is_array()) fail(path, json, "an array of texts");
  std::vector<std::string> result;
  for (std::size_t i = 0; i < json.size(); ++i) {
    result.push_back(text(fmt::format("{}[{}]", path, i), json[i]));
  }
  return result;
}

std::chrono::nanoseconds duration(std::string_view path, const Json& json) {
  constexpr std::string_view expected = "a duration with a unit, such as \"17ms\"";
  if (!json.is_string()) fail(path, json, expected);
  const auto value = parse_duration(json.get_ref<const std::string&>());
  if (!value) fail(path, json, expected);
  return *value;
}

}  // namespace fanout::json_read
