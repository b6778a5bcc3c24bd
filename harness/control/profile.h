// What one further run of each cell, which is not timed, says of it: the system calls it makes.
#pragma once

#include <functional>

#include "harness/result/report.h"

namespace fanout {

// Profiles every cell of the report; all at once without a run where the machine counts no system
// calls. Exceptions of `execute` pass.
void profile_cells(Report& report, const std::function<Profile(const Cell&)>& execute);

}  // namespace fanout
