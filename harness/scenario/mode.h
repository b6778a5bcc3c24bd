// The three questions a scenario may ask (docs/modes.md).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "harness/scenario/schedule.h"

namespace fanout {

// How requests are put to the server (docs/modes.md).
enum class Mode : std::uint8_t {
  batch,   // so many requests, as fast as workers can, from cold
  steady,  // the same after warm-up: `requests` is the most there may be
  open,    // requests are due on a schedule, whether or not a worker is free for them
};
inline constexpr EnumNames<Mode, 3> kModeNames{
    {{"batch", Mode::batch}, {"steady", Mode::steady}, {"open", Mode::open}}};

inline constexpr double kLeastRate = 0.01;  // requests per second
inline constexpr double kMostRate = 10'000'000;

// "500", "2.5k", "0.1": requests per second. Nothing if malformed or out of bounds.
std::optional<double> parse_rate(std::string_view text);

// Their forms in a scenario file; null is "none" for rate and arrivals. Throw UsageError.
Mode mode_from_json(const std::string& path, const nlohmann::json& json);
std::optional<double> rate_from_json(const std::string& path, const nlohmann::json& json);
std::optional<Arrivals> arrivals_from_json(const std::string& path, const nlohmann::json& json);
nlohmann::json arrivals_to_json(const std::optional<Arrivals>& arrivals);

}  // namespace fanout
