#include "harness/analysis/gauge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/units.h"

namespace fanout {
namespace {

using Figure = std::optional<Interval>;

Figure scaled(const Interval& interval, double factor) {
  Interval found{interval.median * factor, interval.low, interval.high};
  if (found.low) *found.low *= factor;
  if (found.high) *found.high *= factor;
  return found;
}

// What only requests that succeeded have.
Figure of_successes(const Summary& summary, const Figure& figure) {
  return summary.success_share.median > 0 ? figure : std::nullopt;
}

// A percentile is known where requests succeeded, and where it is the time limit.
Figure of_answers(const Summary& summary, const Figure& figure, double percentile) {
  return is_timed_out(summary, percentile) ? figure : of_successes(summary, figure);
}

Figure service_time(const Summary& summary, double percentile) {
  if (summary.success_share.median == 0 && !is_timed_out(summary, percentile)) return std::nullopt;
  if (percentile == 50) return summary.latency_p50_ns;
  if (percentile == 99) return summary.latency_p99_ns;
  const auto found =
      std::ranges::find(summary.latency_by_percentile, percentile, &PercentilePoint::percentile);
  if (found == summary.latency_by_percentile.end()) return std::nullopt;
  return found->latency_ns;
}

struct Named {
  std::string_view name;
  Unit unit;
  Figure (*of)(const Summary& summary, double percentile);
  Interval (*over_all_runs)(const std::vector<Run>& runs) = nullptr;
  double percentile = 0;
};

const std::array<Named, 11> kGauges{{
    {"makespan", Unit::time, [](const Summary& s, double) -> Figure { return s.makespan_ns; }},
    {"rps", Unit::rate, [](const Summary& s, double) -> Figure { return s.requests_per_second; }},
    {"goodput", Unit::rate,
     [](const Summary& s, double) -> Figure { return s.goodput_per_second; }},
    {"efficiency", Unit::share, [](const Summary& s, double) { return s.efficiency; }},
    {"success", Unit::share, [](const Summary& s, double) -> Figure { return s.success_share; },
     &success_of_all},
    {"cpu", Unit::time,
     [](const Summary& s, double) { return scaled(s.cpu_us_per_request, 1000); }},
    {"memory", Unit::bytes, [](const Summary& s, double) -> Figure { return s.peak_memory_bytes; }},
    {"switches", Unit::number,
     [](const Summary& s, double) -> Figure { return s.context_switches_per_request; }},
    {"amplification", Unit::number,
     [](const Summary& s, double) -> Figure { return of_successes(s, s.amplification); }},
    {"response_p50", Unit::time,
     [](const Summary& s, double p) { return of_answers(s, s.response_p50_ns, p); }, nullptr, 50},
    {"response_p99", Unit::time,
     [](const Summary& s, double p) { return of_answers(s, s.response_p99_ns, p); }, nullptr, 99},
}};

// The percentiles that a summary may have.
constexpr std::array<std::string_view, 9> kPercentiles{"50",   "75",   "90",    "95",   "99",
                                                       "99.5", "99.9", "99.95", "99.99"};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> parse_bytes(std::string_view text) {
  constexpr double kStep = 1024;
  double factor = 1;
  for (const std::string_view unit : {"B", "KiB", "MiB", "GiB"}) {
    if (text.ends_with(unit) && (unit != "B" || !text.ends_with("iB"))) {
      text.remove_suffix(unit.size());
      while (text.ends_with(' ')) text.remove_suffix(1);
      const auto value = number(text);
      return value ? std::optional(*value * factor) : std::nullopt;
    }
    factor *= kStep;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Gauge> find_gauge(std::string_view name) {
  const auto* const found = std::ranges::find(kGauges, name, &Named::name);
  if (found != kGauges.end())
    return Gauge{std::string(name), found->unit, found->percentile, found->of,
                 found->over_all_runs};
  if (!name.starts_with('p')) return std::nullopt;
  const std::string_view digits = name.substr(1);
  if (std::ranges::find(kPercentiles, digits) == kPercentiles.end()) return std::nullopt;
  return Gauge{std::string(name), Unit::time, *number(digits), &service_time};
}

std::string gauge_names() {
  std::string names;
  for (const Named& one : kGauges) names += std::string(one.name) + ", ";
  for (const std::string_view digits : kPercentiles) names += fmt::format("p{}, ", digits);
  names.resize(names.size() - 2);
  return names;
}

std::optional<double> parse_value(Unit unit, std::string_view text) {
  switch (unit) {
    case Unit::time: {
      const auto value = parse_duration(text);
      return value ? std::optional(static_cast<double>(value->count())) : std::nullopt;
    }
    case Unit::share: {
      const auto value = parse_share(text);
      return value && *value <= 1 ? value : std::nullopt;
    }
    case Unit::bytes:
      return parse_bytes(text);
    case Unit::rate:
      if (text.ends_with("/s")) text.remove_suffix(2);
      break;
    case Unit::number:
      break;
  }
  return number(text);
}

std::string format_value(Unit unit, double value) {
  switch (unit) {
    case Unit::time:
      return format_duration(value);
    case Unit::share:
      return fmt::format("{:.5g} %", 100 * value);
    case Unit::bytes:
      return format_bytes(value);
    case Unit::rate:
      return format_number(value) + "/s";
    case Unit::number:
      break;
  }
  return format_number(value);
}

std::string_view expected_value(Unit unit) {
  switch (unit) {
    case Unit::time:
      return "a duration with a unit, such as 50ms";
    case Unit::share:
      return "a share of 1, such as 99.9%";
    case Unit::bytes:
      return "a size with a unit, such as 64MiB";
    case Unit::rate:
      return "a number per second, such as 900";
    case Unit::number:
      break;
  }
  return "a number, such as 1.5";
}

}  // namespace fanout
