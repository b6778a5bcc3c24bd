// Which of a name's addresses is used.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "transports/transport.h"

namespace fanout {

// How long an address is waited for before the next is tried beside it (RFC 8305, 5).
inline constexpr std::chrono::milliseconds kNextAddressAfter{250};

// Puts first, of each target that has several addresses, the one that takes a connection: they are
// tried in their order, the next after a refusal or kNextAddressAfter, and the first to answer is
// it. Where none answers within `limit`, the order stays. Connections are closed at once.
void choose_addresses(std::vector<Target>& targets, std::chrono::nanoseconds limit);

// Puts first, of each target with a name that these know (used_addresses()), an address of theirs:
// one that the name still has, or else the first.
void prefer_addresses(std::vector<Target>& targets,
                      const std::map<std::string, std::vector<std::string>>& used);

// The addresses in use, by name: of each target that has one, the first.
std::map<std::string, std::vector<std::string>> used_addresses(const std::vector<Target>& targets);

}  // namespace fanout
