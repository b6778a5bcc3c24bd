// What requests failed of, in words.
#pragma once

#include <string>
#include <vector>

#include "harness/result/report.h"

namespace fanout {

// One line for each kind of failure in the runs of the scenario, valid or not, the most frequent
// first: "404: 15 of 1,000 requests". Of real targets redirects too: "302: 1,000 of 1,000 requests,
// not followed".
std::vector<std::string> failures_in_words(const Report& report, const Scenario& scenario);

// Why no further run was made of real targets that answer nothing, and how to go on anyway; "" if
// that is not what ended the measurement.
std::string why_stopped(const Report& report);

}  // namespace fanout
