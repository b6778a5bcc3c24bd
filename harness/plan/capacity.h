// Whether the machine has the capacity for a cell: file descriptors, ports to connect from, and
// memory for what is kept of its requests.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/plan/plan.h"

namespace fanout {

// What the run of a cell does not find here; nothing if there is capacity for it. The process that
// connects needs a descriptor for each connection it holds, and `besides` for each worker.
std::optional<WhySkipped> lacks_capacity(const Cell& cell, const Scenario& scenario,
                                         unsigned besides, const MachineLimits& limits);

// Likewise, of memory; nothing, too, if it is not known how much there is. `held` are the bytes
// that the strategy holds for each request.
std::optional<WhySkipped> lacks_memory(const Cell& cell, const Scenario& scenario, unsigned held,
                                       const MachineLimits& limits);

// So long a list may be for a sample of each request to be kept. Of a longer one a tally is
// (strategies/tally.h), unless the cell needs the times of each request, or is an external program.
inline constexpr std::uint64_t kMostSampled = 1'000'000;
bool is_tallied(const Cell& cell, const Scenario& scenario);

// The connections to one address that a run of the cell makes, at most.
std::uint64_t connections_to_one_address(const Cell& cell, const Scenario& scenario);
// From how many addresses its clients connect to each host of the local server, so that the ports
// of none become scarce (transports/tcp_connect.h); 1: from whichever the kernel chooses.
unsigned source_addresses(const Cell& cell, const Scenario& scenario, const MachineLimits& limits);
// How many of the local ports one run may use.
std::uint64_t usable_ports(const MachineLimits& limits);

}  // namespace fanout
