// What fanout knows, as tables: the registries and the built-in scenarios.
#pragma once

#include <string>

#include "harness/options.h"

namespace fanout {

std::string render_list(Topic topic);  // strategies, transports or scenarios

}  // namespace fanout
