#include "harness/control/profile.h"

#include "harness/machine/syscall_counter.h"

namespace fanout {

void profile_cells(Report& report, const std::function<Profile(const Cell&)>& execute) {
  const std::string why_not = SyscallCounter().why_not();
  for (CellReport& cell : report.cells) {
    if (is_external(cell.cell)) {
      cell.profile = Profile{std::nullopt, "not counted in external programs"};
      continue;
    }
    cell.profile = why_not.empty() ? execute(cell.cell) : Profile{std::nullopt, why_not};
  }
}

}  // namespace fanout
