// Open loop: a request is begun when the schedule says so, not when its worker is free for it. One
// decorator for every transport, outermost, so that retries are not held back again.
#pragma once

#include <memory>

#include "transports/transport.h"

namespace fanout {

// A client that holds each request until it is due (ClientConfig::due_ns), or until the deadline of
// all, and notes in its Response when it let it go; `client` itself without a schedule. `config` is
// borrowed.
std::unique_ptr<BlockingClient> with_pacing(std::unique_ptr<BlockingClient> client,
                                            const ClientConfig& config);
std::unique_ptr<AsyncClient> with_pacing(std::unique_ptr<AsyncClient> client,
                                         const ClientConfig& config);

}  // namespace fanout
