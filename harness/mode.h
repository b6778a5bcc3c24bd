// The three questions a scenario may ask (docs/methodology.md, "Modes").
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/schedule.h"
#include "harness/scenario.h"

namespace fanout {

inline constexpr double kLeastRate = 0.01;  // requests per second
inline constexpr double kMostRate = 10'000'000;

// "500", "2.5k", "0.1": requests per second. Nothing if malformed or out of bounds.
std::optional<double> parse_rate(std::string_view text);

// Their forms in a scenario file; null is "none" for rate and arrivals. Throw UsageError.
Mode mode_from_json(const std::string& path, const nlohmann::json& json);
std::optional<double> rate_from_json(const std::string& path, const nlohmann::json& json);
std::optional<Arrivals> arrivals_from_json(const std::string& path, const nlohmann::json& json);
std::string mode_name(Mode mode);  // as in JSON
nlohmann::json arrivals_to_json(const std::optional<Arrivals>& arrivals);

// Throws UsageError, naming `where`, if the mode and what goes with it contradict each other.
void check_mode(const Scenario& scenario, const std::string& where);

// The schedule of a run with this seed; one without rate unless the mode is open.
Schedule schedule_of(const Scenario& scenario, std::uint64_t seed);

// "200 requests", "steady: up to 5,000 requests", "open: 3,000 requests, 1,000/s poisson".
std::string work_in_words(const Scenario& scenario);

}  // namespace fanout
