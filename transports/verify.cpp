#include "transports/verify.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string>

#include "transports/failure_words.h"
#include "wire/token.h"

namespace fanout {

namespace {

Outcome judged(const ClientConfig& config, const Request& request, const Reply& reply) {
  const Target& target = config.targets[request.target];
  if (target.expected_status == 0) {
    return reply.status >= 200 && reply.status < 400 ? Outcome::ok : Outcome::bad_status;
  }
  if (reply.status != target.expected_status) return Outcome::bad_status;
  if (reply.body_bytes != expected_body(config, request)) return Outcome::bad_length;
  const TokenText token = token_text(request.token);
  return std::ranges::equal(reply.token, token) ? Outcome::ok : Outcome::bad_token;
}

}  // namespace

std::uint64_t expected_body(const ClientConfig& config, const Request& request) {
  const Target& target = config.targets[request.target];
  if (config.method == Method::head) return 0;
  if (target.expected_body_sizes.empty()) return target.expected_body_bytes;
  return target.expected_body_sizes[drawn_size(request.token, target.expected_body_sizes.size())];
}

Response verify(const ClientConfig& config, const Request& request, const Reply& reply) {
  return {.outcome = judged(config, request, reply),
          .status = static_cast<std::uint16_t>(reply.status),
          .retry_after_s = reply.retry_after_s,
          .body_bytes = reply.body_bytes,
          .body = reply.body};
}

Response failed(const ClientConfig& config, Outcome outcome, std::string_view words,
                unsigned status, std::uint64_t body_bytes) {
  Response response = failed(outcome, status, body_bytes);
  if (config.failure_words != nullptr) response.words = config.failure_words->note(words);
  return response;
}

std::uint32_t retry_after_seconds(std::string_view value) {
  constexpr std::int64_t kDay = 86'400;
  if (value.empty()) return 0;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (end != value.data() + value.size() || error == std::errc::invalid_argument) {
    std::tm date{};
    const std::string text(value);
    const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
    seconds = rest != nullptr && *rest == '\0' ? ::timegm(&date) - std::time(nullptr) : 0;
  } else if (error == std::errc::result_out_of_range) {
    seconds = kDay;
  }
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, kDay));
}

std::string_view outcome_name(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomeCount> kNames{
      "none",     "ok",      "refused",       "reset",      "connect_timeout", "timeout",
      "deadline", "tls",     "truncated",     "bad_status", "bad_length",      "bad_token",
      "protocol", "no_port", "no_descriptor", "dns"};
  return kNames[static_cast<std::size_t>(outcome)];
}

}  // namespace fanout
