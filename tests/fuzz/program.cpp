#include "harness/catalogue/program.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

// A user's --external, or a registry such as peers.json.
void program(std::string_view input) {
  const bool registry = take_byte(input) % 2 == 1;
  try {
    if (registry) {
      for (const Program& peer : peers_from_json("peers", input)) {
        require(!peer.own, "a peer is the user's own program");
      }
    } else if (const auto own = program_from(std::string(input))) {
      require(own->own && !own->name.empty() && own->command.size() == 3, "no command of a shell");
    }
  } catch (const UsageError&) {
  } catch (const nlohmann::json::exception&) {
  }
}

}  // namespace fanout::fuzz
