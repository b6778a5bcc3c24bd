// The answer to "what should I use", in sentences that a colleague understands: what a report says
// first. A pure function of the report.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/analysis/verdict.h"

namespace fanout {

struct Answer {
  std::optional<Cell> use;         // nothing: there is no answer
  std::vector<std::string> lines;  // at most five
};

// Among those cells of the verdict whose medians are within kAsFast of the best: the simplest of
// those that no other is known to cost less than. Simplicity is the order of the registry
// (strategies/registry.cpp), then fewer workers. Where the verdict is by CPU, times say nothing:
// then all are as good. REQUIRED: it is on a cell at least, by a measure of pace_of() or by CPU.
Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& verdict);

// By what strategies are fast in the scenario's mode: makespan, throughput, or the response times
// of an open loop.
const Measure& pace_of(const Scenario& scenario);

inline constexpr double kAsFast = 1.05;

// The answer for cells that may be held against each other, of one scenario or of a family: by what
// makes them fast; by CPU where the server was the limit of all. Those of other libraries, and
// those that the server limited, are named beside it where they are faster. None where the deadline
// ends runs, or without cells.
Answer answer_among(const Report& report, const Scenario& scenario, Contenders contenders);

// Cells that were not compared although they are faster by their medians, by more than kAsFast,
// with the reason; "" if there are none. A reader who sees them in the table is to know why.
std::string faster_elsewhere(const Report& report, const Scenario& scenario, const Answer& answer,
                             const std::vector<LeftOut>& elsewhere);

}  // namespace fanout
