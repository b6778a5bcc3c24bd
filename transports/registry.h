// Every transport, in the order help and tables show them.
#pragma once

#include <span>
#include <string>

#include "transports/transport.h"

namespace fanout {

std::span<const Transport* const> transports();

// Why this one cannot be used on this machine, and what to do about that; "": it can.
std::string fault_of(const Transport& transport);

}  // namespace fanout
