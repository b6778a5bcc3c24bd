// The two ways the server runs: as the controller's child, and alone.
#pragma once

#include "local_server/behaviour.h"

namespace fanout {

// The child. Serves commands on `control_fd`, a SOCK_SEQPACKET socket, one JSON document a packet:
//   {"command":"configure","server":{...},"first_tokens":{"seed","count"}}
//                          -> {"endpoints":[{"address","port"}],"certificate":PEM}
//   {"command":"finish"}   -> {"counters":{...}}
// and {"error":"..."} when one failed. "first_tokens" (FirstTokens) may be left out: then tokens
// take more memory. "configure" starts a fresh engine, "finish" stops it. Ends when the other side
// closes, so a dead controller leaves no server behind. Returns an exit code.
int serve_controller(int control_fd);

// `fanout serve`: prints the addresses once it listens, serves until a signal ends it, then prints
// its counters. Returns an exit code; throws UsageError if the port is taken.
int serve_alone(const ServerConfig& config);

}  // namespace fanout
