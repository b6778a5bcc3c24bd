// Which differences are real, for people.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/analysis.h"
#include "harness/analysis/verdict.h"

namespace fanout {

// What to use, in each scenario: what a reader sees first. "" where nothing can be said.
std::string render_answers(const Analysis& analysis);

// Several lines and an empty one; "" if nothing of the scenario is ranked.
std::string render_verdicts(const std::vector<Verdict>& verdicts);

// The same of external programs, which are ranked among themselves; "" if none is.
std::string render_program_verdicts(const std::vector<Verdict>& verdicts);

}  // namespace fanout
