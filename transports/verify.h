// The one place where a response is judged, for every transport alike.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "transports/transport.h"
#include "wire/token.h"

namespace fanout {

// The token of a response as it was received, kept without allocating.
class ReceivedToken {
 public:
  void clear() { size_ = 0; }
  // Keeps the value, or as much of a value that is too long as makes it differ from every token.
  void assign(std::string_view value) {
    size_ = std::min(value.size(), text_.size());
    std::copy_n(value.begin(), size_, text_.begin());
  }
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, kTokenDigits + 1> text_{};
  std::size_t size_ = 0;
};

// What a transport saw of a complete response.
struct Reply {
  unsigned status = 0;
  std::uint64_t body_bytes = 0;
  std::string_view token;  // value of X-Fanout-Token, empty if there was none
  std::uint32_t retry_after_s = 0;
  std::shared_ptr<const std::string> body{};  // with ClientConfig::keep_bodies
};

// How long the body of the right answer to this request is.
std::uint64_t expected_body(const ClientConfig& config, const Request& request);

// ok, bad_status, bad_length or bad_token, in that order of precedence.
Response verify(const ClientConfig& config, const Request& request, const Reply& reply);

// A request that ended without a complete response, and why, in words that are the same for every
// request that fails so.
Response failed(const ClientConfig& config, Outcome outcome, std::string_view words,
                unsigned status = 0, std::uint64_t body_bytes = 0);
// The same where the outcome says all there is to say.
inline Response failed(Outcome outcome, unsigned status = 0, std::uint64_t body_bytes = 0) {
  return {
      .outcome = outcome, .status = static_cast<std::uint16_t>(status), .body_bytes = body_bytes};
}

inline constexpr std::string_view kRetryAfterHeader = "Retry-After";
// The seconds a value of Retry-After asks to wait from now on, at least 0 and at most a day; it
// names either them or a date (RFC 9110, 10.2.3). 0 if it is neither.
std::uint32_t retry_after_seconds(std::string_view value);

std::string_view outcome_name(Outcome outcome);  // "ok", "bad_status" ...: the keys of JSON errors
inline constexpr int kOutcomeCount = static_cast<int>(Outcome::dns) + 1;

}  // namespace fanout
