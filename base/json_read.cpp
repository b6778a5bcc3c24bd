#include "base/json_read.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/units.h"

namespace fanout::json_read {
namespace {

// Notes the keys of the objects that are open while a document is read.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(std::string_view where) : where_(where) {}

  // The callback that nlohmann::json calls for each event while it reads.
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key &&
        !open_.back().insert(parsed.get<std::string>()).second) {
      throw UsageError(fmt::format("{}: the key {} is there twice in one object; leave one", where_,
                                   parsed.dump()));
    }
    return true;
  }

 private:
  std::string_view where_;
  std::vector<std::set<std::string>> open_;
};

}  // namespace

Json parse(std::string_view where, std::string_view text, std::string_view hint) {
  try {
    return Json::parse(text, DuplicateKeys(where));
  } catch (const Json::parse_error& error) {
    throw UsageError(fmt::format("{}: not JSON at byte {}; {}", where, error.byte, hint));
  } catch (const Json::out_of_range& error) {  // 1e999
    throw UsageError(fmt::format("{}: {}; write a smaller one", where, complaint(error)));
  }
}

std::string complaint(const Json::exception& error) {
  const std::string_view text = error.what();
  const std::size_t end = text.find("] ");
  return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

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
  constexpr std::string_view kExpected = "a duration with a unit, such as \"17ms\"";
  if (!json.is_string()) fail(path, json, kExpected);
  const auto value = parse_duration(json.get_ref<const std::string&>());
  if (!value) fail(path, json, kExpected);
  return *value;
}

}  // namespace fanout::json_read
