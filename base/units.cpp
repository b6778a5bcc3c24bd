#include "base/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace fanout {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// The number at the front of `text` times the factor of the unit behind it.
template <std::size_t N>
std::optional<double> parse_with(std::string_view text, const std::array<Unit, N>& units) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || !(value >= 0)) return std::nullopt;  // NaN is not either
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (unit.name == suffix) return value * unit.factor;
  }
  return std::nullopt;
}

// `value` with three significant digits, never in exponent form.
std::string three_digits(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  static constexpr std::array<Unit, 5> kUnits{
      {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}}};
  constexpr double kYear = 366.0 * 86400 * 1e9;
  if (text == "0") return std::chrono::nanoseconds{0};
  const auto value = parse_with(text, kUnits);
  if (!value || *value > kYear) return std::nullopt;
  return std::chrono::nanoseconds{std::llround(*value)};
}

std::optional<double> parse_share(std::string_view text) {
  static constexpr std::array<Unit, 3> kUnits{{{"", 1}, {"%", 0.01}, {" %", 0.01}}};
  const auto value = parse_with(text, kUnits);
  return value && *value <= 10 ? value : std::nullopt;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  static constexpr std::array<Unit, 3> kUnits{{{"", 1}, {"k", 1e3}, {"M", 1e6}}};
  const auto value = parse_with(text, kUnits);
  constexpr double kRounding = 1e-6;  // 1.001 * 1000 is not 1001
  if (!value || *value > 1e12 || std::abs(*value - std::round(*value)) > kRounding) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(std::llround(*value));
}

std::string format_duration(double nanoseconds) {
  if (std::abs(nanoseconds) < 999.5) return fmt::format("{:.0f} ns", nanoseconds);
  if (std::abs(nanoseconds) < 999.5e3) return three_digits(nanoseconds / 1e3) + " us";
  if (std::abs(nanoseconds) < 999.5e6) return three_digits(nanoseconds / 1e6) + " ms";
  return three_digits(nanoseconds / 1e9) + " s";
}

std::string format_bytes(double bytes) {
  static constexpr std::array<const char*, 4> kNames{"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  while (bytes >= 1023.5 && unit + 1 < kNames.size()) {
    bytes /= 1024;
    ++unit;
  }
  return (unit == 0 ? fmt::format("{:.0f}", bytes) : three_digits(bytes)) + " " + kNames[unit];
}

std::string format_number(double value) {
  return value >= 100 ? format_count(static_cast<std::uint64_t>(std::llround(value)))
                      : fmt::format("{:.{}f}", value, value >= 10 ? 1 : 2);
}

std::string format_count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace fanout
