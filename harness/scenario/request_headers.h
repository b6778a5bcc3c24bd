// Header fields the user adds to every request (-H, a scenario's "headers").
#pragma once

#include <string>
#include <vector>

namespace fanout {

// Throws UsageError if one is not "Name: value" in printable ASCII, if fanout sets it itself, or if
// together they are longer than servers take.
void check_headers(const std::vector<std::string>& headers);

}  // namespace fanout
