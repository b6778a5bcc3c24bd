// What the connections of a run's clients turned out to be.
#pragma once

#include <atomic>
#include <cstdint>

namespace fanout {

// Written by any thread, and by processes that share the memory it lies in; zeroed memory has
// nothing noted.
struct ConnectionNotes {
  static constexpr std::uint32_t kTls12 = 1;
  static constexpr std::uint32_t kTls13 = 2;

  std::atomic<std::uint32_t> tls_versions;  // of handshakes that were done: the sum of those above
  std::atomic<std::uint64_t> redirects;     // that were followed (ClientConfig::follow)
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

}  // namespace fanout
