// What one further run of each cell, which is not timed, says of it: the system calls it makes.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace fanout {

struct Cell;
struct Report;

struct Profile {
  std::optional<double> syscalls_per_request;  // from ready() to the end, over all requests
  std::string reason;                          // why that is not known, or ""
};

// Profiles every cell of the report; all at once without a run where the machine counts no system
// calls. Exceptions of `execute` pass.
void profile_cells(Report& report, const std::function<Profile(const Cell&)>& execute);

}  // namespace fanout
