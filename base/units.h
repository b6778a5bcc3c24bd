// Durations and counts with units, as written by people ("17ms", "10k") and for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

// "17ms", "1.5s", "250us", "90ns", "2m"; a unit is required, except for "0". Nothing if malformed,
// negative or beyond a year.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// "200", "10k", "2M" (powers of ten). Nothing if malformed, negative or beyond 10^12.
std::optional<std::uint64_t> parse_count(std::string_view text);

// "3%", "0.5 %", "0.03": a share of 1. Nothing if malformed, negative or beyond 10.
std::optional<double> parse_share(std::string_view text);

// Three significant digits and the unit that keeps the number between 1 and 1000: "17.1 ms".
std::string format_duration(double nanoseconds);

// "2.10 MiB", "512 KiB", "0 B".
std::string format_bytes(double bytes);

// Three significant digits below 100, whole above: "0.52", "17.1", "1,160".
std::string format_number(double value);

// "1,234,567".
std::string format_count(std::uint64_t value);

}  // namespace fanout
