// What the controller and a `fanout serve --control` on another machine say to each other besides
// the server's own packets (local_server/server_main.h). The first message of each side says which
// build it is:
//   {"version","commit","cpus","kernel","cpu_model"}
// Then the controller sends packets, and each is answered by one; kPing is answered by the other
// fanout itself, the others by the embedded server that it started for this connection.
#pragma once

#include <string_view>

#include "base/json_types.h"

namespace fanout {

inline constexpr const char* kPing = R"({"command":"ping"})";

// What this side says first.
nlohmann::json hello();
// Whether what the other side said first is from the same build; false of anything else.
bool is_same_build(const nlohmann::json& hello);

}  // namespace fanout
