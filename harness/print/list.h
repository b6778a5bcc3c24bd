// What fanout knows, as tables: the registries and the built-in scenarios.
#pragma once

#include <cstdint>
#include <string>

namespace fanout {

enum class Topic : std::uint8_t { strategies, transports, scenarios, cells };

std::string render_list(Topic topic);  // strategies, transports or scenarios

}  // namespace fanout
