// How long runs should take, roughly, and when one is taken for hung. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>

#include "harness/plan/plan.h"

namespace fanout {

// Requests that are enough for a run in mode steady, unless many more than delays and workers let
// expect are made in a second.
std::uint64_t steady_requests(const Scenario& scenario);

// How long one run should take, starting its process included: a rough guess from the delays.
std::chrono::nanoseconds predicted_run(const Cell& cell, const Scenario& scenario);

// How long all rounds of the plan should take, by the same guess.
std::chrono::nanoseconds predicted_total(const Plan& plan);

// How long they take at most: with real targets, if every request takes all the time that it may.
std::chrono::nanoseconds longest_total(const Plan& plan);

// The age at which a run of this cell that has not ended is taken for hung.
std::chrono::nanoseconds run_limit(const Plan& plan, const Cell& cell);

}  // namespace fanout
