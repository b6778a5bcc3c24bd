// Who takes part: the strategies and external programs that names and patterns stand for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/catalogue/program.h"
#include "harness/scenario/scenario.h"
#include "strategies/strategy.h"

namespace fanout {

struct Lineup {
  std::vector<const Strategy*> strategies;
  std::vector<const Program*> programs;
};

// The scenario's strategies (none named: those of fanout's own that take part then) and its
// peers, and all of `externals`, which are borrowed. A name may be a pattern of the shell, such as
// py_*; "all" stands for every strategy of fanout's own. Throws UsageError on names unknown or
// named twice, and on patterns that match nothing.
Lineup lineup(const Scenario& scenario, std::span<const Program> externals);

}  // namespace fanout
