#include "transports/verify.h"

#include <algorithm>
#include <array>

#include "base/token.h"

namespace fanout {

Response verify(const ClientConfig& config, const Request& request, const Reply& reply) {
  const Target& target = config.targets[request.target];
  const std::uint64_t expected = config.method == Method::head ? 0 : target.expected_body_bytes;
  const TokenText token = token_text(request.token);
  Outcome outcome = Outcome::ok;
  if (reply.status != target.expected_status) {
    outcome = Outcome::bad_status;
  } else if (reply.body_bytes != expected) {
    outcome = Outcome::bad_length;
  } else if (!std::ranges::equal(reply.token, token)) {
    outcome = Outcome::bad_token;
  }
  return {outcome, static_cast<std::uint16_t>(reply.status), reply.body_bytes};
}

std::string_view outcome_name(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomeCount> names{
      "none",      "ok",         "refused",    "reset",     "connect_timeout", "timeout",
      "truncated", "bad_status", "bad_length", "bad_token", "protocol"};
  return names[static_cast<std::size_t>(outcome)];
}

std::string_view method_name(Method method) {
  static constexpr std::array<std::string_view, 3> names{"GET", "HEAD", "POST"};
  return names[static_cast<std::size_t>(method)];
}

}  // namespace fanout
