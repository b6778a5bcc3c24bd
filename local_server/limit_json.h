// The JSON form of a host's limit. Private to behaviour_json.cpp.
#pragma once

#include <optional>
#include <string>

#include "base/json_read.h"
#include "local_server/limit.h"

namespace fanout {

// Null is no limit. Throws UsageError naming the full path of the key.
std::optional<ServerLimit> limit_from_json(const std::string& path, const json_read::Json& given);
json_read::Json limit_to_json(const std::optional<ServerLimit>& limit);

}  // namespace fanout
