// Requests to a host whose name has no address end as Outcome::dns, and no network is used for
// them. One decorator for every transport, so that none differs in it.
#pragma once

#include <memory>

#include "transports/transport.h"

namespace fanout {

// A client made by `make` that ends requests to unresolved targets itself; just what `make` makes
// if every target has somewhere to connect to. `config` is borrowed.
std::unique_ptr<BlockingClient> make_client(MakeBlockingClient make, const ClientConfig& config);
std::unique_ptr<AsyncClient> make_client(MakeAsyncClient make, const ClientConfig& config);

}  // namespace fanout
