// A scenario and those of its variants that are the same work for clients, compared as one: which
// policy, which strategy, how many workers. Other variants stand for themselves.
// Pure functions of the report.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/answer.h"
#include "harness/analysis/verdict.h"
#include "harness/result/report.h"

namespace fanout {

struct Family {
  const Scenario* base = nullptr;
  Cells cells;                     // of the base and of its variants, in the order of the plan
  std::vector<Verdict> verdicts;   // on those that may be held against each other, by measure
  std::vector<std::string> lines;  // what it comes to, for people
  Answer answer;                   // what a reader is told first; empty where nothing is compared
};

// The families of a report: none where no scenario has a variant in the plan.
std::vector<Family> families_of(const Report& report);

// Whether the scenario is part of a family of the plan.
bool in_family(const Plan& plan, const Scenario& scenario);

// What a cell's scenario is called within its family: "" for the base, else the variant's own name.
std::string variant_name(const Plan& plan, const Cell& cell);

}  // namespace fanout
