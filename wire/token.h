// Tokens: the proof that a request was answered.
//
// Every request carries a 64-bit token no other request of the run has, as 16 lower-case
// hexadecimal digits in its path (/r/0123456789abcdef). The server counts each token it serves and
// returns it in the header X-Fanout-Token; the client compares.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fanout {

inline constexpr std::string_view kTokenPathPrefix = "/r/";
inline constexpr std::string_view kTokenHeader = "X-Fanout-Token";
inline constexpr std::size_t kTokenDigits = 16;

using TokenText = std::array<char, kTokenDigits>;

// Mixes 64 bits; a bijection, so distinct inputs give distinct outputs.
// Source: the finaliser of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Its inverse.
constexpr std::uint64_t unmix64(std::uint64_t x) {
  x = (x ^ (x >> 31) ^ (x >> 62)) * 0x319642b2d24d8ec3ULL;
  x = (x ^ (x >> 27) ^ (x >> 54)) * 0x96de1b173f119089ULL;
  return x ^ (x >> 30) ^ (x >> 60);
}

// Even on the open interval (0, 1), of which it is the middle of one of 2^52 parts: never 0, so its
// logarithm exists, and never 1, so no share is exceeded.
constexpr double unit_share(std::uint64_t mixed) {
  return (static_cast<double>(mixed >> 12) + 0.5) * 0x1p-52;
}

// The token of request `index` in a run seeded with `seed`. Distinct for every index of a run.
constexpr std::uint64_t make_token(std::uint64_t seed, std::uint64_t index) {
  return mix64(mix64(seed) + 0x9e3779b97f4a7c15ULL * (index + 1));
}
// The index that makes this token with this seed: every token has one, most of them huge.
constexpr std::uint64_t index_of_token(std::uint64_t seed, std::uint64_t token) {
  constexpr std::uint64_t kInverse = 0xf1de83e19937733dULL;  // of the factor above, modulo 2^64
  return (unmix64(token) - mix64(seed)) * kInverse - 1;
}

// The token of an attempt (0: the first) at the request with this token: each attempt has its own,
// so that the server counts attempts, and a fault drawn by token can miss the next one.
constexpr std::uint64_t attempt_token(std::uint64_t token, unsigned attempt) {
  return attempt == 0 ? token : make_token(token, attempt);
}

constexpr TokenText token_text(std::uint64_t token) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  TokenText text{};
  for (std::size_t i = 0; i < kTokenDigits; ++i) {
    text[kTokenDigits - 1 - i] = kDigits[token & 0xf];
    token >>= 4;
  }
  return text;
}

// The token written as `text`, or nothing if it is not exactly 16 hexadecimal digits.
constexpr std::optional<std::uint64_t> parse_token(std::string_view text) {
  if (text.size() != kTokenDigits) return std::nullopt;
  std::uint64_t token = 0;
  for (const char c : text) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a') + 10;
    } else {
      return std::nullopt;
    }
    token = (token << 4) | digit;
  }
  return token;
}

// The token in a request path ("/r/<token>"), or nothing if the path carries none.
constexpr std::optional<std::uint64_t> token_of_path(std::string_view path) {
  if (!path.starts_with(kTokenPathPrefix)) return std::nullopt;
  return parse_token(path.substr(kTokenPathPrefix.size()));
}

// Which of `sizes` sizes, each as likely as the others, the body of the answer to this token has: a
// pure function, so that both ends of a connection know it.
constexpr std::size_t drawn_size(std::uint64_t token, std::size_t sizes) {
  constexpr std::uint64_t kSizeSalt = 5;  // local_server/behaviour.cpp has the others
  return mix64(token ^ mix64(kSizeSalt)) % sizes;
}

}  // namespace fanout
