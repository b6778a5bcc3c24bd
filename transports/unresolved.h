// Requests to a host whose name has no address end as Outcome::dns, and no network is used for
// them. One decorator for every transport, so that none differs in it.
#pragma once

#include <memory>

#include "transports/transport.h"

namespace fanout {

// Prepares clients that end requests to unresolved targets themselves; just what `prepare` prepares
// if every target has somewhere to connect to. `config` is borrowed.
BlockingFactory prepare_clients(PrepareBlocking prepare, const ClientConfig& config);
AsyncFactory prepare_clients(PrepareAsync prepare, const ClientConfig& config);

}  // namespace fanout
