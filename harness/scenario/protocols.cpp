#include "harness/scenario/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/scenario/bounds.h"

namespace fanout {
namespace {

using json_read::Json;

constexpr std::string_view kForEach = "workers";
constexpr std::string_view kVersionsExpected = "1.1 or 2, or both, each named once";

std::string connections_expected() {
  return fmt::format("numbers from 1 to {}, or {}, each named once", kMaxWorkers, kForEach);
}

template <class T>
bool any_twice(std::vector<T> values) {
  std::ranges::sort(values);
  return std::ranges::adjacent_find(values) != values.end();
}

// What `one` makes of each part; nothing if one is wrong, named twice, or there is none.
template <class T>
std::optional<std::vector<T>> parsed(const std::vector<std::string>& parts, auto one) {
  std::vector<T> values;
  for (const std::string& part : parts) {
    const std::optional<T> value = one(part);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (values.empty() || any_twice(values)) return std::nullopt;
  return values;
}

std::optional<HttpVersion> version_of(const std::string& text) {
  return enum_value(text, kHttpVersionNames);
}

std::optional<unsigned> connections_of(const std::string& text) {
  if (text == kForEach) return kOneForEach;
  const auto count = parse_count(text);
  const bool fits = count && *count >= 1 && *count <= kMaxWorkers;
  return fits ? std::optional(static_cast<unsigned>(*count)) : std::nullopt;
}

// The texts of a value or a list of them; numbers as they are written.
std::vector<std::string> texts_of(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& one : json.is_array() ? json : Json::array({json})) {
    texts.push_back(one.is_string() ? one.get<std::string>() : one.dump());
  }
  return texts;
}

Json one_or_list(Json list) { return list.size() == 1 ? list.front() : list; }

}  // namespace

std::vector<HttpVersion> parse_versions(const std::string& text) {
  const auto versions = parsed<HttpVersion>(split_commas(text), version_of);
  if (versions) return *versions;
  throw UsageError(fmt::format("--http: expected {}, found \"{}\"", kVersionsExpected, text));
}

std::vector<unsigned> parse_connections(const std::string& text) {
  const auto connections = parsed<unsigned>(split_commas(text), connections_of);
  if (connections) return *connections;
  throw UsageError(
      fmt::format("--connections: expected {}, found \"{}\"", connections_expected(), text));
}

std::vector<HttpVersion> read_versions(const std::string& path, const Json& json) {
  const auto versions = parsed<HttpVersion>(texts_of(json), version_of);
  if (!versions) json_read::fail(path, json, std::string(kVersionsExpected));
  return *versions;
}

std::vector<unsigned> read_connections(const std::string& path, const Json& json) {
  if (json.is_null()) return {};
  const auto connections = parsed<unsigned>(texts_of(json), connections_of);
  if (!connections) json_read::fail(path, json, connections_expected() + ", or null");
  return *connections;
}

Json versions_to_json(const Protocols& protocols) {
  Json list = Json::array();
  for (const HttpVersion version : protocols.versions) {
    list.push_back(enum_name(version, kHttpVersionNames));
  }
  return one_or_list(std::move(list));
}

Json connections_to_json(const Protocols& protocols) {
  if (protocols.connections.empty()) return nullptr;
  Json list = Json::array();
  for (const unsigned one : protocols.connections) {
    list.push_back(one == kOneForEach ? Json(kForEach) : Json(one));
  }
  return one_or_list(std::move(list));
}

}  // namespace fanout
