// From what the user selected to the plan: which cells run, which do not and why.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "harness/catalogue/program_search.h"
#include "harness/machine/environment.h"
#include "harness/plan/plan.h"
#include "harness/plan/selection.h"

namespace fanout {

// No cell of a plan can be run. What was skipped, and why, is told.
class NothingToRun : public UsageError {
 public:
  NothingToRun(const std::string& what, std::vector<Skipped> skipped)
      : UsageError(what), skipped_(std::move(skipped)) {}
  [[nodiscard]] const std::vector<Skipped>& skipped() const { return skipped_; }

 private:
  std::vector<Skipped> skipped_;
};

// Fills scenarios, cells, programs and skipped. `find` says whether this machine can run an
// external program; if it is empty, all are taken to be there. Throws UsageError on unknown names,
// and NothingToRun when no cell is left to run.
Plan make_plan(const Selection& selection, const MachineLimits& limits, const FindProgram& find);

}  // namespace fanout
