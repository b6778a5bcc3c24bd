// The head of an HTTP/1.x response: where it ends, and what its reader must know of it. Reads what
// libcurl reads and rejects what libcurl rejects (docs/decisions/0019-reading-as-curl.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "transports/verify.h"

namespace fanout {

inline constexpr std::size_t kMostHeadBytes = std::size_t{300} * 1024;  // interim ones included
inline constexpr std::size_t kMostHeadLineBytes = std::size_t{100} * 1024;

// What ends the body, if the request and the status let it have one.
enum class Framing : std::uint8_t { counted, chunked, until_close };

struct ResponseHead {
  unsigned status = 0;
  Framing framing = Framing::until_close;
  std::uint64_t length = 0;  // of a counted body
  bool keep_alive = false;
  ReceivedToken token;
  std::uint32_t retry_after_s = 0;
};

// Why what begins with these bytes, at least one, is no head of a response; empty if it may be.
std::string_view not_http(std::string_view bytes);

// Finds the end of a head that may come in pieces.
class HeadEnd {
 public:
  void clear() { *this = HeadEnd(); }
  // The size of the head that `bytes` begin with, or 0 if it is not whole yet; bytes looked at in
  // an earlier call must be the same again. Once broken() is not empty, it never will be whole.
  std::size_t find(std::string_view bytes);
  [[nodiscard]] std::string_view broken() const { return broken_; }
  // Whether a line of it continues the one before (begins with a blank).
  [[nodiscard]] bool folded() const { return folded_; }

 private:
  std::size_t line_ = 0;  // where the line begins that is looked at
  bool folded_ = false;
  std::string_view broken_;
};

// Reads a whole head. Returns why it cannot be, or nothing.
std::string_view read_head(std::string_view text, ResponseHead& head);

}  // namespace fanout
