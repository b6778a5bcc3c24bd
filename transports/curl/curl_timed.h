// One request at a time by libcurl's easy interface, with the times of its parts: for recordings
// (harness/recording/), not for measurements.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "transports/transport.h"

namespace fanout {

struct TimedResponse {
  struct Field {
    std::string name;
    std::string value;
  };
  Response response{};
  std::chrono::nanoseconds connect{};     // of TCP; 0: it opened no connection
  std::chrono::nanoseconds handshake{};   // of TLS; 0: it made none
  std::chrono::nanoseconds first_byte{};  // from when the request could be sent; 0: none came
  std::chrono::nanoseconds receiving{};   // from the first byte to the last
  std::uint64_t header_bytes = 0;         // of the response
  unsigned http_version = 0;              // 10, 11 or 20; 0: there was no response
  std::vector<Field> fields{};            // of the response header
};

class TimedClient {
 public:
  // `config` is borrowed. Throws RunError.
  explicit TimedClient(const ClientConfig& config);
  ~TimedClient();
  TimedClient(const TimedClient&) = delete;
  TimedClient& operator=(const TimedClient&) = delete;

  // Which connection a request goes over.
  enum class Over : std::uint8_t {
    kept,        // one that is kept, or else a new one, which is then kept
    fresh,       // one of its own
    fresh_http2  // one of its own, on which servers that speak TLS are offered HTTP/2
  };
  TimedResponse fetch(const Request& request, Over over);

 private:
  class Handle;
  ClientConfig kept_config_;
  ClientConfig fresh_config_;
  std::unique_ptr<Handle> kept_;
  std::unique_ptr<Handle> fresh_;
};

}  // namespace fanout
