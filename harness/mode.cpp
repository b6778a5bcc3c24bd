#include "harness/mode.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/json_read.h"
#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

using json_read::Json;

const json_read::Names<Mode, 3> kModes{
    {{"batch", Mode::batch}, {"steady", Mode::steady}, {"open", Mode::open}}};
const json_read::Names<Arrivals, 2> kArrivals{
    {{"constant", Arrivals::constant}, {"poisson", Arrivals::poisson}}};

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
  return json_read::one_of(path, json, kModes);
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
  return json_read::one_of(path, json, kArrivals);
}

std::string mode_name(Mode mode) { return json_read::name_of(mode, kModes); }

Json arrivals_to_json(const std::optional<Arrivals>& arrivals) {
  return arrivals ? Json(json_read::name_of(*arrivals, kArrivals)) : Json(nullptr);
}

void check_mode(const Scenario& scenario, const std::string& where) {
  const bool open = scenario.mode == Mode::open;
  if (open && !scenario.rate) {
    throw UsageError(where + ": mode open needs a rate, requests per second in all; give --rate");
  }
  if (!open && scenario.rate) {
    throw UsageError(where + ": rate: only mode open has one; give --mode open, or no rate");
  }
  if (!open && scenario.arrivals) {
    throw UsageError(where + ": arrivals: only mode open has them; give --mode open, or none");
  }
  if (scenario.mode == Mode::steady && scenario.deadline.count() > 0) {
    throw UsageError(where +
                     ": deadline: mode steady ends by itself; leave out the deadline, or use "
                     "another mode");
  }
}

Schedule schedule_of(const Scenario& scenario, std::uint64_t seed) {
  if (scenario.mode != Mode::open) return {};
  return {.rate = scenario.rate.value_or(0),
          .arrivals = scenario.arrivals.value_or(Arrivals::constant),
          .seed = seed};
}

std::string work_in_words(const Scenario& scenario) {
  const std::string requests = counted(scenario.requests, "request");
  switch (scenario.mode) {
    case Mode::steady:
      return "steady: up to " + requests;
    case Mode::open:
      return fmt::format(
          "open: {}, {}/s {}", requests, format_number(scenario.rate.value_or(0)),
          json_read::name_of(scenario.arrivals.value_or(Arrivals::constant), kArrivals));
    case Mode::batch:
      break;
  }
  return requests;
}

}  // namespace fanout
