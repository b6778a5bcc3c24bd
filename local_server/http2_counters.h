// What the server counts of HTTP/2 alone.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fanout {

struct Http2Counters {
  std::uint64_t connections = 0;       // that turned out to speak it
  std::uint64_t streams = 0;           // opened by clients, and not ignored after a GOAWAY
  std::uint64_t peak_streams = 0;      // most open at one moment on one connection
  std::uint64_t goaways = 0;           // GOAWAY frames sent, those of protocol errors included
  std::uint64_t resets_sent = 0;       // RST_STREAM frames
  std::uint64_t resets_received = 0;   // of streams that were open or had been
  std::uint64_t header_bytes_in = 0;   // of requests and trailers: coded, as the frames carry them
  std::uint64_t header_bytes_out = 0;  // of answers
  std::uint64_t stalls = 0;            // times an answer's DATA waited for the client's window

  void add(const Http2Counters& other) {
    connections += other.connections;
    streams += other.streams;
    peak_streams = std::max(peak_streams, other.peak_streams);
    goaways += other.goaways;
    resets_sent += other.resets_sent;
    resets_received += other.resets_received;
    header_bytes_in += other.header_bytes_in;
    header_bytes_out += other.header_bytes_out;
    stalls += other.stalls;
  }
};

}  // namespace fanout
