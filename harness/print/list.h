// What fanout knows, as tables: the registries and the built-in scenarios.
#pragma once

#include <cstdint>
#include <string>

#include "base/enum_names.h"

namespace fanout {

enum class Topic : std::uint8_t { strategies, transports, scenarios, cells };
inline constexpr EnumNames<Topic, 4> kTopicNames{{{"strategies", Topic::strategies},
                                                  {"transports", Topic::transports},
                                                  {"scenarios", Topic::scenarios},
                                                  {"cells", Topic::cells}}};

std::string render_list(Topic topic);  // strategies, transports or scenarios

}  // namespace fanout
