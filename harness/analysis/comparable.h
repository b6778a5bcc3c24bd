// Whether results may be held against each other: what else than the code was different?
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace fanout {

// Results that cannot be held against each other, though each can be read. Exit code 5.
class IncomparableError : public UsageError {
 public:
  using UsageError::UsageError;
};

// One line each: "environment.cpus: 2 in BASE, 4 in NEW".
struct Differences {
  std::vector<std::string> grave;    // figures of the two do not mean the same
  std::vector<std::string> trifles;  // change no figure: memory that differs by less than 1 %, and
                                     // where a list of URLs came from that has the same digest
};

// How the lines name the two.
struct Sides {
  std::string_view base = "in BASE";
  std::string_view next = "in NEW";
};

// What differs between the machines, the tools (but for the commit), the way runs were made and the
// scenarios of two result documents. Numbers of rounds and which cells were run are no difference:
// what both have is compared.
Differences differences(const nlohmann::json& base, const nlohmann::json& next,
                        const Sides& sides = {});

}  // namespace fanout
