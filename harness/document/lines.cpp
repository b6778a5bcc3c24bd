#include "harness/document/lines.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kWidth = 100;
constexpr std::array<std::string_view, 3> kOfRuns{"runs", "set_aside", "runs_so_far"};

// No more characters than these make up a value on one line; stops counting beyond kWidth.
std::size_t least_width(const Json& json) {
  if (json.is_string()) return json.get_ref<const std::string&>().size() + 2;
  if (!json.is_structured()) return 1;
  std::size_t width = 2;
  for (const auto& item : json.items()) {
    if (json.is_object()) width += item.key().size() + 3;
    width += least_width(item.value()) + 1;
    if (width > kWidth) break;
  }
  return width;
}

bool fits(const Json& json, std::size_t depth) {
  return least_width(json) <= kWidth && depth + to_line(json).size() <= kWidth;
}

// `of_runs`: each element takes one line, however long it is.
void write(const Json& json, std::size_t depth, bool of_runs, std::string& text) {
  if (!json.is_structured() || json.empty() || (!of_runs && fits(json, depth))) {
    text += to_line(json);
    return;
  }
  text += json.is_object() ? '{' : '[';
  bool first = true;
  for (const auto& item : json.items()) {
    text += first ? "\n" : ",\n";
    first = false;
    text.append(depth + 1, ' ');
    if (json.is_object()) text += to_line(item.key()) + ": ";
    if (of_runs) {
      text += to_line(item.value());
    } else {
      const bool runs = json.is_object() && std::ranges::find(kOfRuns, item.key()) != kOfRuns.end();
      write(item.value(), depth + 1, runs, text);
    }
  }
  text += '\n';
  text.append(depth, ' ');
  text += json.is_object() ? '}' : ']';
}

}  // namespace

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_text(const Json& document) {
  std::string text;
  write(document, 0, false, text);
  return text + "\n";
}

}  // namespace fanout
