// The JSON form of a delay. Private to behaviour_json.cpp.
#pragma once

#include <string>

#include "base/json_read.h"
#include "local_server/behaviour.h"

namespace fanout {

// A duration, or an object with a kind of distribution. Throws UsageError naming the full path.
Delay delay_from_json(const std::string& path, const json_read::Json& json);
json_read::Json delay_to_json(const Delay& delay);

}  // namespace fanout
