// What the connections of a run's clients turned out to be.
#pragma once

#include <atomic>
#include <cstdint>

namespace fanout {

// Written by any thread, and by processes that share the memory it lies in; zeroed memory has
// nothing noted.
struct PhaseSums {
  std::atomic<std::uint64_t> answers;
  std::atomic<std::int64_t> connect_ns;     // of requests that opened a connection
  std::atomic<std::int64_t> handshake_ns;   // of TLS
  std::atomic<std::int64_t> first_byte_ns;  // from a connection that is ready to the first byte
  std::atomic<std::int64_t> body_ns;        // and from there to the last
};

struct ConnectionNotes {
  static constexpr std::uint32_t kTls12 = 1;
  static constexpr std::uint32_t kTls13 = 2;

  std::atomic<std::uint32_t> tls_versions;  // of handshakes that were done: the sum of those above
  std::atomic<std::uint64_t> redirects;     // that were followed (ClientConfig::follow)
  // With ClientConfig::watch: over all requests that were answered, and over all connections.
  PhaseSums phases;
  std::atomic<std::uint64_t> syns_resent;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace fanout
