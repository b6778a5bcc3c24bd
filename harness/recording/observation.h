// What single requests to an API have shown, wherever that comes from: the requests of a recording
// (probe.h), or a log of somebody else's. All that is recorded is fitted to these (fit.h).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fanout {

struct Observation {
  std::size_t host = 0;            // an index into Observations::hosts
  bool on_kept_connection = true;  // whether it was to go over one that is kept
  bool connected = false;          // whether it opened a connection

  // Times; nothing where they were not seen.
  std::optional<std::chrono::nanoseconds> connect{};     // of TCP
  std::optional<std::chrono::nanoseconds> handshake{};   // of TLS
  std::optional<std::chrono::nanoseconds> first_byte{};  // from sending to the answer's first byte

  unsigned status = 0;    // 0: there was no answer
  std::string failure{};  // why there was no whole answer, such as "timeout"; "": there was one
  std::uint64_t body_bytes = 0;
  std::optional<std::uint64_t> header_bytes{};
  unsigned http_version = 0;                     // 10, 11 or 20; 0: not known
  bool tls12 = false;                            // whether its handshake agreed on TLS 1.2
  bool says_close = false;                       // whether the answer has Connection: close
  bool told_to_wait = false;                     // whether it is a 429, or a 503 with Retry-After
  std::vector<std::string> rate_limit_fields{};  // "RateLimit: ..."

  // Whether it shows how the API answers when it does what was asked. (A 304 answers a conditional
  // request, which no scenario makes.)
  [[nodiscard]] bool is_usable() const {
    return failure.empty() && status >= 200 && status < 400 && status != 304 &&
           first_byte.has_value();
  }
};

struct ObservedHost {
  std::string name;  // "https://api.example.org": scheme, name and port, and nothing else
  bool tls = false;
};

struct Observations {
  std::vector<ObservedHost> hosts;
  std::vector<Observation> all;  // in the order they were made
  std::string ended_early;       // why there are fewer than asked for; "": there are not
};

}  // namespace fanout
