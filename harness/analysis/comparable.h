// Whether two results may be held against each other: what else than the code was different?
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace fanout {

// Everything that differs between the machines, the tools (but for the commit), the way runs were
// made and the scenarios of two result documents, one line each: "environment.cpus: 2 in BASE, 4 in
// NEW". Numbers of rounds and which cells were run are no difference: what both have is compared.
std::vector<std::string> differences(const nlohmann::json& base, const nlohmann::json& next);

}  // namespace fanout
