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

// A row by its names.
struct RowName {
  std::string strategy;
  std::string transport;
};

// The first strategy that makes one request after the other over connections it keeps, and the
// first transport: what asks a server the least.
RowName polite_row();

std::variant<RunPair, Impossible> pair_up(const Strategy& strategy, const Transport& transport);

}  // namespace fanout
