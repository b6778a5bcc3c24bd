// A recording: how an API behaved, as the hosts of a scenario, and where that is known from.
#pragma once

#include <string>
#include <vector>

#include "harness/recording/fit.h"

namespace fanout {

struct Recording {
  std::string name;           // of the scenario
  std::string recorded_by;    // "fanout 0.1.0"
  std::string recorded_at;    // UTC, as in ISO 8601
  std::string source;         // where the observations come from: "requests"
  std::string ended_early{};  // Observations::ended_early
  std::vector<HostFit> hosts{};
};

// What no recording of requests one after the other can know, in sentences.
const std::vector<std::string>& unknowns();

}  // namespace fanout
