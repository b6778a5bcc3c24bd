// What stands below the tables of a report: what is invalid, what was skipped, and what to know
// before believing a difference.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

std::string render_notes(const Report& report);

}  // namespace fanout
