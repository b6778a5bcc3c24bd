// Before a run: whether earlier runs have left it enough local ports.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/machine/interrupt.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// Where it is said what a run waits for; empty: nowhere.
using SayWhy = std::function<void(const std::string& why)>;

// Waits until `connections` more to each of the targets find a local port, but no longer than ports
// are held after use. Returns whether it had to wait. Throws Interrupted.
bool wait_for_ports(const std::vector<Target>& targets, std::uint64_t connections,
                    const InterruptWatch& interrupt, const SayWhy& say);

}  // namespace fanout
