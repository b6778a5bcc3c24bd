// The parts of a host's JSON that concern faults. Private to behaviour_json.cpp.
#pragma once

#include <string>
#include <vector>

#include "base/json_read.h"
#include "local_server/behaviour.h"

namespace fanout {

// Each throws UsageError naming the full path of the key.
std::vector<FaultShare> faults_from_json(const std::string& path, const json_read::Json& json);
unsigned status_from_json(const std::string& path, const json_read::Json& json);
double share_from_json(const std::string& path, const json_read::Json& json);
// The whole seconds of a Retry-After.
std::uint32_t retry_after_from_json(const std::string& path, const json_read::Json& json);

json_read::Json to_json(const std::vector<FaultShare>& faults);

}  // namespace fanout
