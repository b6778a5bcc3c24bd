// What is measured of a request.
#pragma once

#include <cstdint>

#include "transports/transport.h"

namespace fanout {

// What was measured of one request. Lies in memory shared with the controller, so that a crash
// loses nothing that was measured; 40 bytes, zero means "not issued".
struct Sample {
  std::int64_t start_ns = 0;  // base/clock.h; in an open loop: when it was really begun
  std::int64_t end_ns = 0;
  std::uint64_t body_bytes = 0;
  std::uint16_t status = 0;
  Outcome outcome = Outcome::none;
  std::uint8_t starts = 0;    // exactly 1 after a correct run
  std::uint8_t finishes = 0;  // exactly 1 after a correct run
  std::uint8_t attempts = 0;
  std::uint8_t words = 0;      // why it failed (Response::words)
  bool connected : 1 = false;  // whether its last attempt opened a connection
  bool hedged : 1 = false;     // Response::hedged
  bool hedge_won : 1 = false;  // Response::hedge_won
  std::uint64_t retried = 0;   // ends of all attempts but the last (transports/retried.h)

  bool operator==(const Sample&) const = default;
};

// Takes over what the response says of how the request ended.
inline void note_end(Sample& sample, const Response& response) {
  sample.body_bytes = response.body_bytes;
  sample.status = response.status;
  sample.outcome = response.outcome;
  sample.attempts = response.attempts;
  sample.words = response.words;
  sample.connected = response.connected;
  sample.hedged = response.hedged;
  sample.hedge_won = response.hedge_won;
  sample.retried = response.retried;
}

}  // namespace fanout
