// The path of a request is made of its token (/r/<token>). With ClientConfig::paths it is a piece
// of that text, and the token says which piece. So a request has the same 16 bytes either way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transports/transport.h"
#include "wire/token.h"

namespace fanout {

inline constexpr unsigned kPathLengthBits = 16;
inline constexpr std::size_t kLongestPath = (std::size_t{1} << kPathLengthBits) - 1;

// The token of a request whose path is `length` bytes (at most kLongestPath) from `offset` on.
constexpr std::uint64_t path_place(std::uint64_t offset, std::size_t length) {
  return offset << kPathLengthBits | length;
}

inline bool has_listed_paths(const ClientConfig& config) { return config.paths.data() != nullptr; }

// REQUIRED: has_listed_paths.
inline std::string_view listed_path(std::string_view paths, std::uint64_t token) {
  return paths.substr(token >> kPathLengthBits, token & kLongestPath);
}

// Appends the path and query; allocates only while `out` is too small.
inline void append_path(const ClientConfig& config, std::uint64_t token, std::string& out) {
  if (has_listed_paths(config)) {
    out += listed_path(config.paths, token);
  } else {
    const TokenText digits = token_text(token);
    out += kTokenPathPrefix;
    out.append(digits.data(), digits.size());
  }
}

}  // namespace fanout
