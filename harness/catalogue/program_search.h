// Whether this machine can run an external program, and how.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/catalogue/program.h"

namespace fanout {

struct FoundProgram {
  std::vector<std::string> command;  // to be executed as it is
  std::string lacks;                 // why it cannot be, and what to install; empty: it can
  std::string lacks_for_http2{};     // likewise of its cells of HTTP/2
};

// A parameter of plans, so that they can be tested.
using FindProgram = std::function<FoundProgram(const Program&)>;

// Looks for a peer's interpreter on PATH: the first of that name that has the modules it needs
// (asked once for each), those for HTTP/2 alone included if one has them all, and for its file
// beside the program (share/fanout/peers) or, if it was not installed, in the checkout it was built
// from. A user's own program is not looked for.
FoundProgram find_program(const Program& program);

// Where the files of the peers are, the helpers for other programs among them; empty: nowhere.
std::string peers_folder();

}  // namespace fanout
