// The parts of an answer that are the same for every request to a host, and where hosts listen:
// what the engines share so that they differ in nothing but how they serve.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local_server/behaviour.h"

namespace fanout {

constexpr std::string_view content_type(const HostBehaviour& host) {
  return host.json_body ? "application/json" : "text/plain";
}

// host.body_bytes bytes of printable text, or of a JSON document; empty where the status forbids a
// body.
std::string body_of(const HostBehaviour& host);

// Where each host listens; a port of 0 means a fresh one. Throws UsageError if the ports run out.
std::vector<Endpoint> addresses_of(const ServerConfig& config);

// "127.0.0.1:8080", "[::1]:8080".
std::string to_text(const Endpoint& endpoint);

}  // namespace fanout
