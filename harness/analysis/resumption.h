// Whether a machine was the same after a measurement was gone on with. Pure functions.
#pragma once

#include <optional>

#include "harness/result/report.h"

namespace fanout {

// How much CPU a request of the client floor (harness/plan/references.h) took in the rounds after
// the resumption, over that of those before it: the ratio of both medians, of several floors the
// ratio that is farthest from 1. The round in which the measurement was stopped is neither. Nothing
// unless a floor has three valid runs on both sides.
std::optional<double> floor_change(const Report& report, const Resumption& resumption);

}  // namespace fanout
