// Reads one HTTP/1.x response after another, whatever pieces it comes in, and keeps nothing but
// what is verified: status, token and a count of the body's bytes; the body only if it is told to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "transports/response_body.h"
#include "transports/response_head.h"
#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {

class BareResponse {
 public:
  enum class Step : std::uint8_t {
    more,      // pass what comes next to received()
    complete,  // reply() and reusable() hold
    broken,    // not HTTP: why() says what is wrong
  };
  // Reads a whole head, or returns false: then read_head() is asked.
  using HeadReader = bool (*)(std::string_view text, ResponseHead& head);

  explicit BareResponse(HeadReader first = nullptr) : first_(first) {}

  // Forgets the last response and awaits the one to a request of this method; `keep_body` says
  // whether reply() is to have its body.
  void begin(Method method, bool keep_body = false);
  // Reads received bytes, at least one, which are borrowed for the call only.
  Step received(std::string_view bytes);
  // The peer closed in order: `complete` if that ends the body, else `more`, which will never come.
  [[nodiscard]] Step closed() const;

  [[nodiscard]] bool any_received() const { return any_received_; }
  // The outcome if the connection is lost now: truncated amid a body, reset before one.
  [[nodiscard]] Outcome lost() const;
  [[nodiscard]] std::string_view why() const { return why_; }
  // What was received so far.
  [[nodiscard]] Reply reply() const;
  // Whether the connection may carry another request.
  [[nodiscard]] bool reusable() const { return head_.keep_alive && !surplus_ && body_.complete(); }

 private:
  Step broken(std::string_view why);
  Step read_heads(std::string_view bytes);
  Step read_body(std::string_view bytes);
  void begin_body();

  HeadReader first_;
  bool head_request_ = false;
  bool any_received_ = false;
  bool in_body_ = false;
  bool surplus_ = false;  // more came than the response
  std::size_t interim_bytes_ = 0;
  HeadEnd head_end_;
  ResponseHead head_;
  ResponseBody body_;
  std::uint64_t body_bytes_ = 0;
  std::shared_ptr<std::string> kept_;  // the body; null: it is not kept
  std::string held_;                   // what has come of a head that is not whole
  std::string_view why_;
};

}  // namespace fanout
