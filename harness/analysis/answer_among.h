// The answer among all that ran: who is compared, and who is named beside it. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/answer.h"

namespace fanout {

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
