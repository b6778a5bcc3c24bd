// From the hosts that URLs name to the addresses that requests go to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transports/transport.h"
#include "transports/url.h"

namespace fanout {

// What takes the place of looking a name up (--resolve).
struct Resolve {
  std::string name;                    // in lower case; "*": every name
  std::optional<std::uint16_t> port;   // nothing: every port
  std::vector<std::string> addresses;  // literal ones
};

// Reads NAME:PORT:ADDRESS, or several addresses with commas, as curl does; the port may be *, and
// IPv6 addresses may be in brackets. Nothing if it is not that.
std::optional<Resolve> parse_resolve(const std::string& text);

// Whom requests for this URL go to, and nothing of what they expect. Without addresses if its host
// is a name.
Target target_of(const Url& url);

// Gives each target that has a name its addresses, in the order the system has them, or says in
// Target::unresolved why it has none. Looks names up side by side, each once, and says on standard
// error how far it is if that takes long and `progress` is wanted.
void look_up_names(std::vector<Target>& targets, const std::vector<Resolve>& known, bool progress);

// Whether its server is on this machine, as far as addresses tell.
bool on_this_machine(const Target& target);

// Whether the address belongs to the loopback network.
bool is_loopback(const std::string& address);

}  // namespace fanout
