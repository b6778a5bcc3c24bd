// External programs: strategies with an HTTP client of their own, in any language, that speak the
// protocol of strategies/peers/PROTOCOL.md. Rows of data: the peers that come with fanout
// (strategies/peers/peers.json), and those a user names (--external).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "strategies/strategy.h"
#include "wire/http_version.h"

namespace fanout {

// Transport and stack of their cells: nothing is shared with other rows but the server.
inline constexpr std::string_view kOwnStack = "own";

// What a program needs of the machine: a program on PATH, or a module of its interpreter.
struct Need {
  std::string program;
  std::string module;     // of Python; empty: `program` is what is needed
  std::string package;    // of Debian, which brings it
  bool of_http2 = false;  // needed for HTTP/2 alone
};

struct Program {
  // How many requests it has in flight: one, as many as there are workers, or all there are.
  enum class InFlight : std::uint8_t { one, workers, all };

  std::string name;
  std::string summary;               // one line, for help
  std::vector<std::string> command;  // of a peer: interpreter, file in strategies/peers
  std::vector<Need> needs;
  std::string article;   // whose program it repeats: "A" to "D", or ""
  std::string imitates;  // the strategy that is its equal, or ""
  InFlight in_flight = InFlight::workers;
  ClientLife connections = ClientLife::worker;  // request: anew for each, whatever the scenario
  // The versions that it speaks, of HTTP/2 over as many connections as it is told to.
  std::vector<HttpVersion> http{HttpVersion::http1};
  bool works = true;  // whether it spends the CPU time that a scenario asks of each answer
  bool own = false;   // the user's
};

bool speaks(const Program& program, HttpVersion version);

// The rows of a registry of this name, which is in JSON. Throws UsageError and nlohmann's
// exceptions: it is read before it is released.
std::vector<Program> peers_from_json(std::string_view name, std::string_view text);

// The peers, in the order of their registry.
std::span<const Program> peers();

// The peer of this name, or null.
const Program* find_peer(std::string_view name);

// A user's program from "NAME=COMMAND", a command of the shell; nothing if the text is not that.
// Throws UsageError if the name is taken.
std::optional<Program> program_from(const std::string& text);

}  // namespace fanout
