// One request of an HTTP/2 connection, from its first frame to the last of its answer.
#pragma once

#include <cstdint>
#include <string_view>

#include "local_server/held_request.h"
#include "wire/token.h"

namespace fanout {

struct Http2Stream {
  enum class State : std::uint8_t {
    receiving,  // the request
    waiting,    // for a place that the host's limit gives
    holding,    // until the answer is due
    answering,  // the answer, or its next piece, is libnghttp2's to send
    dripping,   // until the next piece of the answer's body is due
    left,       // its last frame is among the bytes to be sent, or its fault is acted out
  };

  std::int32_t id = 0;
  std::int32_t before = 0;  // the stream that was opened before it; 0: none
  State state = State::receiving;
  bool is_head = false;
  bool expects_continue = false;
  bool refused = false;     // its header is too large
  bool cut_short = false;   // its fault ends it after half of the body
  bool resetting = false;   // RST_STREAM is to be its last frame, for its fault
  bool has_data = false;    // that libnghttp2 has still to fetch
  bool stalled = false;     // ... which waits for the client's window
  std::size_t place = 0;    // among its session's streams
  std::string_view method;  // as it is counted
  std::uint64_t header_bytes = 0;
  std::uint64_t body_bytes = 0;  // of the request
  HeldRequest request;
  std::string_view unsent;  // of the answer's body
  std::string_view piece;   // in front of that: what the DATA frame being made carries
  std::uint64_t due = 0;    // bytes of that which may leave now
  TokenText token_text{};

  // Whether it counts as a request that is not answered yet.
  [[nodiscard]] bool is_held() const { return state != State::receiving && state != State::left; }
};

}  // namespace fanout
