// Every strategy, in the order help and tables show them.
#pragma once

#include <span>

#include "strategies/strategy.h"

namespace fanout {

std::span<const Strategy* const> strategies();

}  // namespace fanout
