// Holds a recorded scenario against the API that was recorded.
#pragma once

#include <cstdint>
#include <string>

#include "harness/commands/options.h"
#include "harness/recording/recording.h"

namespace fanout {

// Makes so many requests by one worker over one connection: to the scenario in this file, three
// times, and to the API, once. Throws RunError, with what was said, if either cannot be measured.
DoubleCheck check_against_api(const Options& options, const std::string& scenario,
                              std::uint64_t requests);

}  // namespace fanout
