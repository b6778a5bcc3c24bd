// `fanout serve --control`: the embedded server for a controller on another machine.
#pragma once

#include <cstdint>
#include <string>

namespace fanout {

struct ControlAddress {
  std::string address;     // IPv4; 0.0.0.0: every one of this machine
  std::uint16_t port = 0;  // 0: any free one
};

// Prints where it can be reached, then serves controllers that have the key in this file, one after
// the other, until a signal ends it. Each has a fresh server process, which listens at the address
// by which that controller came, and ends with its connection. What a controller does wrong is
// one line, and the next is served. Returns an exit code; throws UsageError if the address cannot
// be bound.
int serve_control(const ControlAddress& at, const std::string& key_file);

}  // namespace fanout
