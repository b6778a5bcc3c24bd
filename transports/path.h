// The path of a request is made of its token (/r/<token>). With ClientConfig::paths it is a piece
// of that text, and the token says which piece, and whether a form of its own follows that path.
// So a request has the same 16 bytes either way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transports/request_form.h"
#include "transports/transport.h"
#include "wire/token.h"

namespace fanout {

inline constexpr unsigned kPathLengthBits = 15;
inline constexpr std::size_t kLongestPath = (std::size_t{1} << kPathLengthBits) - 1;
inline constexpr std::uint64_t kOwnForm = std::uint64_t{1} << kPathLengthBits;

// The token of a request whose path is `length` bytes (at most kLongestPath) from `offset` on;
// with kOwnForm added, its form (append_form) follows.
constexpr std::uint64_t path_place(std::uint64_t offset, std::size_t length) {
  return offset << (kPathLengthBits + 1) | length;
}

inline bool has_listed_paths(const ClientConfig& config) { return config.paths.data() != nullptr; }

// REQUIRED: has_listed_paths.
inline std::string_view listed_path(std::string_view paths, std::uint64_t token) {
  return paths.substr(token >> (kPathLengthBits + 1), token & kLongestPath);
}

// Whether the request has a form of its own.
inline bool has_own_form(const ClientConfig& config, std::uint64_t token) {
  return has_listed_paths(config) && (token & kOwnForm) != 0;
}
// REQUIRED: has_own_form.
inline FormView own_form(std::string_view paths, std::uint64_t token) {
  const std::string_view path = listed_path(paths, token);
  return stored_form({path.end(), paths.end()});
}

inline Method method_of(const ClientConfig& config, std::uint64_t token) {
  return has_own_form(config, token) ? own_form(config.paths, token).method : config.method;
}
// Whether the request may be made again though its server may have seen it.
inline bool may_repeat(const ClientConfig& config, std::uint64_t token) {
  return is_idempotent(method_of(config, token));
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
