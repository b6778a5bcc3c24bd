// The names of an enum's values, as documents and people write them: one table beside each enum.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace fanout {

template <class T, std::size_t N>
using EnumNames = std::array<std::pair<std::string_view, T>, N>;

// The name of a value; "" if the table lacks it.
template <class T, std::size_t N>
constexpr std::string_view enum_name(T value, const EnumNames<T, N>& names) {
  for (const auto& [name, candidate] : names) {
    if (candidate == value) return name;
  }
  return {};
}

// The value of a name; nothing if the table lacks it.
template <class T, std::size_t N>
constexpr std::optional<T> enum_value(std::string_view name, const EnumNames<T, N>& names) {
  for (const auto& [candidate, value] : names) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

}  // namespace fanout
