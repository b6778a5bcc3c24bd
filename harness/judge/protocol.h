// Whether a run's requests shared connections as its cell says.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/execution.h"
#include "harness/plan/cell.h"
#include "harness/result/run.h"
#include "harness/scenario/scenario.h"

namespace fanout {

// What the server counted otherwise than the cell has it, one line each: another version of HTTP,
// and, where nothing makes clients replace connections, more or fewer of them, or more requests at
// once on one. None of a run that was not served, and of HTTP/1.1.
std::vector<std::string> doubts_about_protocol(const Execution& execution, const Run& run,
                                               const Cell& cell, const Scenario& scenario);

}  // namespace fanout
