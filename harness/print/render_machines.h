// Which machines took part, where those are several.
#pragma once

#include <string>

#include "harness/result/report.h"

namespace fanout {

// For the heading, behind the server: ", on another machine: 10.0.0.2 (8 CPUs), round trip 120
// us (110 us to 190 us), network: 10 GbE"; empty if there is one machine only.
std::string machines_text(const Report& report);

}  // namespace fanout
