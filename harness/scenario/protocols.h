// Which versions of HTTP a scenario's cells speak, and over how many connections: two axes of a
// cell, as people and documents write them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "wire/http_version.h"

namespace fanout {

// As many connections as requests in flight: each has one of its own.
inline constexpr unsigned kOneForEach = 0;

// Each version makes cells of its own, and so does, of HTTP/2, each number of connections.
struct Protocols {
  std::vector<HttpVersion> versions{HttpVersion::http1};
  // To each host, of HTTP/2; or kOneForEach. None: one, or one for each worker of a strategy whose
  // workers share none.
  std::vector<unsigned> connections{};
  bool operator==(const Protocols&) const = default;
};

// "1.1,2" as --http takes it, and "1,2,workers" as --connections does. Throw UsageError.
std::vector<HttpVersion> parse_versions(const std::string& text);
std::vector<unsigned> parse_connections(const std::string& text);

// The keys `http` and `connections` of a scenario: one value or a list. Throw UsageError.
std::vector<HttpVersion> read_versions(const std::string& path, const nlohmann::json& json);
std::vector<unsigned> read_connections(const std::string& path, const nlohmann::json& json);
nlohmann::json versions_to_json(const Protocols& protocols);
nlohmann::json connections_to_json(const Protocols& protocols);

}  // namespace fanout
