// The server's counters in JSON. Including it compiles nlohmann/json.
#pragma once

#include <nlohmann/json.hpp>

#include "base/json_types.h"
#include "local_server/ledger.h"

namespace fanout {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FirstTokens, seed, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Quantiles, mean, p50, p99, max)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Http2Counters, connections, streams, peak_streams, goaways,
                                   resets_sent, resets_received, header_bytes_in, header_bytes_out,
                                   stalls)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ServerCounters, connections, requests, answered, unique_tokens,
                                   duplicate_tokens, untokened, replayed, abandoned, collateral,
                                   handshakes, resumed, methods, request_body_bytes, faults,
                                   rejected, waited, peak_served, peak_in_flight, hold_ns,
                                   hold_error_ns, cpu_ns, first_connection_ns, last_answer_ns,
                                   http2)

}  // namespace fanout
