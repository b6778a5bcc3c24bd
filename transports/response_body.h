// The body of an HTTP/1.x response, taken from between what frames it. Reads what libcurl reads and
// rejects what libcurl rejects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transports/response_head.h"

namespace fanout {

class ResponseBody {
 public:
  // Awaits a body that ends as `framing` says; `length` is that of a counted one.
  void begin(Framing framing, std::uint64_t length);
  // Takes some bytes, at least one, from the front of `bytes`, and returns what of the body is
  // among them, in one piece: maybe nothing. REQUIRED: bytes is not empty, nor complete(),
  // broken().
  std::string_view take(std::string_view& bytes);
  // The connection was closed in order: whether that ends the body.
  [[nodiscard]] bool ends_with_connection() const { return part_ == Part::until_close; }
  [[nodiscard]] bool complete() const { return part_ == Part::complete; }
  [[nodiscard]] bool broken() const { return part_ == Part::broken; }

 private:
  enum class Part : std::uint8_t {
    counted,      // left_ more bytes
    until_close,  // ...until the end of the connection
    size,         // the digits before a chunk
    extension,    // the rest of their line
    chunk,        // left_ more bytes of a chunk
    chunk_end,    // the end of its line
    trailer,      // a line after the last chunk
    last_line,    // the empty one, of which '\r' has come
    complete,
    broken,
  };

  void size_digit(char c);
  void trailer_byte(char c);

  Part part_ = Part::complete;
  std::uint64_t left_ = 0;
  unsigned line_bytes_ = 0;  // of the digits, or of the trailer
  bool colon_ = false;       // in the trailer
};

}  // namespace fanout
