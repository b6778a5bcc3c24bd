// What fanout knows, as tables: the registries and the built-in scenarios.
#pragma once

#include <string>

#include "harness/options.h"

namespace fanout {

std::string render_list(Topic topic);  // strategies, transports or scenarios

// A line for each peer that this machine cannot run: what to install.
std::string missing_peers();

}  // namespace fanout
