// Which strategies and transports go together, and how the pair is run.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "strategies/strategy.h"

namespace fanout {

// Runs the whole job on clients of one transport; returns when the strategy does.
using RunPair = std::function<void(Job&, const ClientConfig&)>;

// Why a pair cannot be run, as shown to the user.
struct Impossible {
  std::string reason;
};

std::variant<RunPair, Impossible> pair_up(const Strategy& strategy, const Transport& transport);

}  // namespace fanout
