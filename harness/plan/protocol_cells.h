// Which versions of HTTP a row is run with, over how many connections, and what cannot be.
#pragma once

#include <optional>
#include <vector>

#include "harness/catalogue/program.h"
#include "harness/plan/plan.h"
#include "strategies/strategy.h"

namespace fanout {

struct Protocol {
  HttpVersion http = HttpVersion::http1;
  unsigned connections = 0;  // Cell::connections
};

// What the scenario asks of a strategy with so many workers: each makes a cell.
std::vector<Protocol> protocols_of(const Scenario& scenario, const Strategy& strategy,
                                   unsigned workers);

// Why the transport does not speak the cell's version of HTTP, or its requests cannot share so many
// connections; nothing: it does, and they can.
std::optional<WhySkipped> lacks_protocol(const Strategy& strategy, const Transport& transport,
                                         const Scenario& scenario, const Cell& cell);

// The same of an external program: the versions that are asked for and that it speaks, or else the
// first that is asked for, which it lacks.
std::vector<Protocol> protocols_of(const Scenario& scenario, const Program& program,
                                   unsigned workers);
std::optional<WhySkipped> lacks_protocol(const Program& program, const Scenario& scenario,
                                         const Cell& cell);

}  // namespace fanout
