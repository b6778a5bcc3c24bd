// A plan in words: what would run (--dry-run) and what would not.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/plan/plan.h"
#include "harness/result/report.h"

namespace fanout {

// A table of the cells, what is skipped, and how long it should take.
std::string render_plan(const Plan& plan);

// "45.0 s", "55 min", "3.50 h": a time that may be long.
std::string long_duration(std::chrono::nanoseconds time);

// What is said before a measurement that should take half an hour or more: how long, and how it is
// gone on with if it is stopped. "" for others. `output` is where the result goes; "-": standard
// output.
std::string long_plan_note(std::chrono::nanoseconds predicted, const std::string& output,
                           std::string_view program = "fanout");

// How to go on with a measurement that was stopped.
std::string resume_command(const std::string& file, std::string_view program = "fanout");
// Which program made the runs: this one, or the one for many client machines.
std::string_view program_of(const Report& report);

// How long all rounds should take: "about 12.0 s"; what real targets take is added, as a range.
std::string predicted_in_words(const Plan& plan);

// One line for each cell that does not run, with the reason.
std::string render_skipped(const Plan& plan);

}  // namespace fanout
