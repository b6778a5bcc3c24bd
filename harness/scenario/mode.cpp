#include "harness/scenario/mode.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json_read.h"
#include "base/units.h"

namespace fanout {
namespace {

using json_read::Json;

bool is_rate(double value) { return value >= kLeastRate && value <= kMostRate; }

}  // namespace

std::optional<double> parse_rate(std::string_view text) {
  double unit = 1;
  if (text.ends_with('k')) unit = 1e3;
  if (text.ends_with('M')) unit = 1e6;
  if (unit > 1) text.remove_suffix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error != std::errc() || stop != end || !is_rate(value * unit)) return std::nullopt;
  return value * unit;
}

Mode mode_from_json(const std::string& path, const Json& json) {
  return json_read::one_of(path, json, kModeNames);
}

std::optional<double> rate_from_json(const std::string& path, const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (!json.is_number() || !is_rate(json.get<double>())) {
    json_read::fail(path, json,
                    fmt::format("requests per second, a number from {} to {}", kLeastRate,
                                format_count(static_cast<std::uint64_t>(kMostRate))));
  }
  return json.get<double>();
}

std::optional<Arrivals> arrivals_from_json(const std::string& path, const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json_read::one_of(path, json, kArrivalsNames);
}

Json arrivals_to_json(const std::optional<Arrivals>& arrivals) {
  return arrivals ? Json(enum_name(*arrivals, kArrivalsNames)) : Json(nullptr);
}

}  // namespace fanout
