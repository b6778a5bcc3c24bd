// What a polite client sets itself: so many attempts a second, so many in flight to each host, and
// none to a host that wants to be left alone. One decorator for every transport, around each
// attempt: what waits here is not in flight, and its service time has not begun.
#pragma once

#include <memory>

#include "transports/transport.h"

namespace fanout {

// A client that begins no attempt before ClientConfig::max_rate, per_host and
// RetryPolicy::pause_host allow it; `client` itself if none of them is set. An attempt that the
// deadline of all finds waiting ends as Outcome::deadline with no attempt made. `config` is
// borrowed, with its policy_state and host_gates.
std::unique_ptr<BlockingClient> with_gate(std::unique_ptr<BlockingClient> client,
                                          const ClientConfig& config);
std::unique_ptr<AsyncClient> with_gate(std::unique_ptr<AsyncClient> client,
                                       const ClientConfig& config);

// Whether the configuration holds attempts back, so that it needs policy_state and host_gates.
bool has_gate(const ClientConfig& config);

}  // namespace fanout
