// Types of the standard library in JSON, for nlohmann's own macros: an optional that holds nothing
// is null, a duration is its nanoseconds. Including it compiles nlohmann/json.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

template <class T>
struct nlohmann::adl_serializer<std::optional<T>> {
  static void to_json(json& target, const std::optional<T>& value) {
    target = value ? json(*value) : json(nullptr);
  }
  static void from_json(const json& source, std::optional<T>& value) {
    value = source.is_null() ? std::nullopt : std::optional<T>(source.get<T>());
  }
};

template <>
struct nlohmann::adl_serializer<std::chrono::nanoseconds> {
  static void to_json(json& target, std::chrono::nanoseconds value) { target = value.count(); }
  static void from_json(const json& source, std::chrono::nanoseconds& value) {
    value = std::chrono::nanoseconds(source.get<std::int64_t>());
  }
};
