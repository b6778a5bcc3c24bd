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
  std::vector<std::string> lines;  // at most four
};

// Among `near`, which are those cells of a verdict by makespan whose medians are within
// `kAsFast` of the shortest: the simplest of those that no other is known to cost less than.
// Simplicity is the order of the registry (strategies/registry.cpp), then fewer workers.
// REQUIRED: near is not empty.
Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& by_makespan,
                  const Cells& near);

inline constexpr double kAsFast = 1.05;

// Cells that were not compared although their median is shorter, by more than kAsFast, with the
// reason; "" if there are none. A reader who sees them in the table is to know why.
std::string shorter_elsewhere(const Report& report, const Answer& answer,
                              const std::vector<LeftOut>& elsewhere);

}  // namespace fanout
