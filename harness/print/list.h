// What fanout knows, as tables and by name: the registries and the built-in scenarios.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace fanout {

enum class Topic : std::uint8_t { strategies, transports, scenarios, cells };
inline constexpr EnumNames<Topic, 4> kTopicNames{{{"strategies", Topic::strategies},
                                                  {"transports", Topic::transports},
                                                  {"scenarios", Topic::scenarios},
                                                  {"cells", Topic::cells}}};

std::string render_list(Topic topic);  // strategies, transports or scenarios

struct Known {
  std::string name;
  std::string summary;
};

// What has a name of its own: strategies with the external programs that come with fanout,
// transports or scenarios.
std::vector<Known> known(Topic topic);

}  // namespace fanout
