// Reads one HTTP/1.1 response with as little work as its verification allows: the digits of the
// status, five fields by name, and a count of the body's bytes. Private to the transport `floor`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {

class BareResponse {
 public:
  enum class Step : std::uint8_t {
    more,      // pass what comes next to received()
    complete,  // reply() and reusable() hold
    broken,    // not HTTP
  };

  // Forgets the last response and awaits the one to a request of this method.
  void begin(Method method);
  // Reads received bytes, at least one, which are borrowed for the call only.
  Step received(std::string_view bytes);
  // The peer closed in order: `complete` if that ends the body, else `more`, which will never come.
  [[nodiscard]] Step closed() const;

  [[nodiscard]] bool any_received() const { return any_received_; }
  // The outcome if the connection is lost now: truncated amid a body, reset before one.
  [[nodiscard]] Outcome lost() const;
  // What was received so far.
  [[nodiscard]] Reply reply() const;
  // Whether the connection may carry another request.
  [[nodiscard]] bool reusable() const {
    return keep_alive_ && !surplus_ && part_ != Part::until_close;
  }

 private:
  enum class Part : std::uint8_t {
    head,
    counted,         // a body of left_ more bytes
    until_close,     // a body that the end of the connection ends
    chunk_size,      // a chunked body: the line before a chunk
    chunk_end,       // left_ more bytes of a chunk, then the end of its line
    chunk_trailers,  // the lines after the last
  };

  Step read_head(std::string_view bytes);
  bool parse_head(std::string_view head);
  bool parse_field(std::string_view line);
  Step read_body(std::string_view bytes);
  Step read_chunks(std::string_view bytes);
  Step read_chunk_line();

  Part part_ = Part::head;
  bool head_request_ = false;
  bool any_received_ = false;
  bool keep_alive_ = false;
  bool surplus_ = false;  // more came than the response
  unsigned status_ = 0;
  std::uint32_t retry_after_s_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  ReceivedToken token_;
  std::string held_;  // what has come of a head, or of a line between chunks, that is not whole
};

}  // namespace fanout
