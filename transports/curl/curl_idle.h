// A look at kept connections on behalf of older versions of libcurl.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "transports/client_config.h"

namespace fanout {

// Up to 7.88.1, libcurl's own look knows only an end without a word: it takes unasked bytes for the
// answer to the next request, and an end that TLS announces for none, and tries five connections of
// the kind before it fails (curl/curl issue 10646, mended in 8.0.0). So it is asked, before each
// request, to let us look, and to begin anew if we do not like what we see. One for each client. In
// HTTP/2, bytes that nobody has asked for are in order, and libcurl reads them.
class CurlIdleLook {
 public:
  explicit CurlIdleLook(const ClientConfig& config);

  // Whether this libcurl needs it.
  [[nodiscard]] bool is_needed() const { return needed_; }
  // A connection from this local port was made, on this socket.
  void add(int local_port, int fd) { sockets_[local_port] = {fd, 0}; }
  // It has carried a request.
  void note_idle(int local_port);
  // Whether the connection from this local port, which libcurl keeps, may carry a request. Bytes
  // may be a session to resume, but a new connection costs little, and is never wrong.
  [[nodiscard]] bool is_good(int local_port) const;

 private:
  struct Kept {
    int fd;
    std::int64_t idle_since;
  };

  bool needed_;
  std::unordered_map<int, Kept> sockets_;  // by local port; closed ones too, which nobody asks for
};

}  // namespace fanout
