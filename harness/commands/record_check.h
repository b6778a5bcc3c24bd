// Holds a recorded scenario against the API that was recorded.
#pragma once

#include <string>

#include "harness/recording/probe.h"
#include "harness/recording/recording.h"

namespace fanout {

// Makes the requests of `settings`, one after the other over a connection that is kept, to the
// scenario in this file, three times, and once to the API at its rate, whose pauses do not count.
// Throws RunError, with what was said, if either cannot be measured.
DoubleCheck check_against_api(const std::string& scenario, const UrlList& urls,
                              const ProbeSettings& settings);

}  // namespace fanout
