// One request of a client of HTTP/2, and what has come of its answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "transports/deadline.h"
#include "transports/nghttp2/http2_fields.h"
#include "transports/phase_clock.h"
#include "transports/verify.h"

namespace fanout {

class Http2ClientSession;
struct Http2Connection;

// An answer as far as it has come.
struct Http2Answer {
  unsigned status = 0;
  bool any_received = false;
  bool has_head = false;  // the last one, all others being interim
  bool complete = false;
  std::size_t head_bytes = 0;  // interim ones and trailers included
  ReceivedToken token;
  std::uint32_t retry_after_s = 0;
  std::optional<std::uint64_t> length;  // of the body, as the head says it
  std::uint64_t body_bytes = 0;
  std::shared_ptr<std::string> body;  // with ClientConfig::keep_bodies

  // Makes it ready for the next one.
  void begin(bool keep_body);
  // Takes a field of a head; false if the heads are too large by now.
  bool field(std::string_view name, std::string_view value);
  // A head has ended.
  void head_ended() { has_head = has_head || status >= 200; }
  void received(std::string_view bytes);
  [[nodiscard]] Reply reply() const {
    return {status, body_bytes, token.view(), retry_after_s, body};
  }
};

// Recycled, with its buffers, for other requests. Stays where it is.
struct Http2Exchange {
  // How it ended, as its session saw it.
  enum class End : std::uint8_t {
    none,         // it has not
    complete,     // answered
    reset,        // by the server
    unprocessed,  // the server says that it has not looked at the request
    malformed,    // the answer breaks the rules
    failed,       // `response` says how
  };

  const Request* request = nullptr;  // null: spare
  AsyncClient::Done done;
  Http2Connection* connection = nullptr;        // that carries it
  std::size_t place = 0;                        // among the streams of its connection
  const Http2ClientSession* session = nullptr;  // of its connection ...
  std::int32_t id = 0;                          // ... and its number there
  std::int64_t answer_by = kNever;
  End end = End::none;
  std::uint32_t error_code = 0;  // with which it was reset (RFC 9113, 7)
  bool opened = false;           // its connection was opened for it
  bool repeated = false;         // its connection was lost once
  bool sent = false;             // its head, on its present connection
  bool left_first = false;       // it was left unprocessed, and not for another before it ...
  bool sent_again = false;       // ... and so it was before
  Http2Answer answer;
  Response response;
  PhaseClock times;
  std::string path;        // if it is made of the token
  Http2Fields own_fields;  // if it has a form of its own
  std::string_view body;   // borrowed
  std::size_t body_sent = 0;

  // Of a request that ends without a complete answer.
  [[nodiscard]] Response unanswered(const ClientConfig& config, Outcome outcome,
                                    std::string_view words = {}) const {
    return answer.has_head
               ? fanout::failed(config, outcome, words, answer.status, answer.body_bytes)
               : fanout::failed(config, outcome, words);
  }
};

}  // namespace fanout
