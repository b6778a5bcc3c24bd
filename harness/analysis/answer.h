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
  std::vector<std::string> lines;  // at most six
};

// Among those cells of the verdict whose medians are within kAsFast of the best: the simplest of
// those that no other is known to cost less than. Simplicity is the order of the registry
// (strategies/registry.cpp), then fewer workers. Where the verdict is by CPU, times say nothing:
// then all are as good. REQUIRED: it is on a cell at least, by a measure of pace_of() or by CPU.
Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& verdict);

inline constexpr double kAsFast = 1.05;

// " + quota" for a cell of the variant "quota" of this scenario; "" for one of its own.
std::string variant_suffix(const std::string& scenario, const Cell& cell);
// " over HTTP/1.1" where cells of the same scenario were measured over another version; else "".
std::string version_suffix(const Report& report, const Cell& cell);

}  // namespace fanout
