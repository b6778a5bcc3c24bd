// Every transport, in the order help and tables show them.
#pragma once

#include <span>

#include "transports/transport.h"

namespace fanout {

std::span<const Transport* const> transports();

}  // namespace fanout
