// Reading JSON that people write: every mistake is a UsageError that names the full path of the
// key, what was expected and what was found.
//
// `path` is where the value stands, e.g. "server.hosts[0].delay".
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"

namespace fanout::json_read {

using Json = nlohmann::json;

// The document `text`, of the file or scenario `where`. `hint` says what to do if it is not JSON. A
// key that is there twice is refused: readers would silently take one of the two.
Json parse(std::string_view where, std::string_view text, std::string_view hint);

// What the library complains of, without its own number for it.
std::string complaint(const Json::exception& error);

[[noreturn]] void fail(std::string_view path, const Json& found, std::string_view expected);

// An object with no other keys than those known.
void check_object(std::string_view path, const Json& json,
                  std::initializer_list<std::string_view> known);

// The value of a key that must be there; `needs` says why in the error.
const Json& required(std::string_view path, const Json& json, const char* key,
                     std::string_view needs);

std::uint64_t whole_number(std::string_view path, const Json& json, std::uint64_t low,
                           std::uint64_t high);
bool boolean(std::string_view path, const Json& json);
std::string text(std::string_view path, const Json& json);
std::vector<std::string> texts(std::string_view path, const Json& json);
std::chrono::nanoseconds duration(std::string_view path, const Json& json);

// A duration as duration() reads it back.
inline std::string nanoseconds_text(std::chrono::nanoseconds value) {
  return fmt::format("{}ns", value.count());
}

// The value whose name `json` is.
template <class T, std::size_t N>
T one_of(std::string_view path, const Json& json, const EnumNames<T, N>& names) {
  if (json.is_string()) {
    if (const auto value = enum_value(json.get_ref<const std::string&>(), names)) return *value;
  }
  std::vector<std::string_view> known;
  for (const auto& [name, value] : names) known.push_back(name);
  fail(path, json, fmt::format("one of {}", fmt::join(known, ", ")));
}

}  // namespace fanout::json_read
