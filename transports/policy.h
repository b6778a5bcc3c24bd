// Client policy beyond a single attempt: retries with backoff, and the deadline of all requests.
// One decorator for every transport, so that none differs in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "transports/transport.h"

namespace fanout {

// A server that asks for a longer wait (Retry-After) is not asked again: the request ends with its
// answer.
inline constexpr std::chrono::seconds kLongestRetryAfter{60};

// Whether an attempt with this end may succeed if it is made again: it got no connection, lost it,
// had no answer in time, or had status 429, 502, 503 or 504.
bool is_transient(const Response& response);

// The longest wait before attempt `attempt` (from 1): min(cap, base x factor^(attempt-1)).
std::chrono::nanoseconds longest_backoff(const RetryPolicy& policy, unsigned attempt);

// The wait before attempt `attempt` at the request with this token: drawn evenly from 0 to the
// longest, and the same for the same token. "Full jitter": Brooker, "Exponential Backoff and
// Jitter", AWS Architecture Blog, 2015.
std::chrono::nanoseconds backoff(const RetryPolicy& policy, std::uint64_t token, unsigned attempt);

// Whether config.deadline has passed, so that every request from now on ends as Outcome::deadline.
bool past_deadline(const ClientConfig& config);
// A client whose every request ends as Outcome::deadline. REQUIRED: past_deadline(config).
std::unique_ptr<BlockingClient> given_up_client(const ClientConfig& config);

// A client that carries out config.retry and config.deadline; `client` itself if neither is set.
// `config` is borrowed.
//
// Each attempt carries attempt_token() (wire/token.h). A retry that would have to wait beyond the
// deadline is not made: the request ends as its last attempt did. A request that the deadline finds
// unbegun ends as Outcome::deadline without an attempt.
std::unique_ptr<BlockingClient> with_policy(std::unique_ptr<BlockingClient> client,
                                            const ClientConfig& config);
std::unique_ptr<AsyncClient> with_policy(std::unique_ptr<AsyncClient> client,
                                         const ClientConfig& config);

}  // namespace fanout
