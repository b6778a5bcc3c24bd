// Hedging: a second attempt for a request whose answer is late, beside the first; the first that
// succeeds ends the request, and the other is given up, its connection with it, since HTTP/1.1 has
// no other way. Dean and Barroso, "The Tail at Scale", Communications of the ACM 56 (2), 2013.
//
// The second carries attempt_token(token, 1). A client hedges or retries, not both, as gRPC has it
// (A6: client retry design).
#pragma once

#include <memory>

#include "transports/transport.h"

namespace fanout {

// A client that hedges as config.hedge says, but no request that may count twice, unless
// hedge.post; `client` itself if there is no such policy. It may have twice as many attempts in
// flight as requests. `config` is borrowed, with its policy_state.
std::unique_ptr<AsyncClient> with_hedge(std::unique_ptr<AsyncClient> client,
                                        const ClientConfig& config);

}  // namespace fanout
