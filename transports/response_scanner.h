// Reads one HTTP/1.x response after another: the head with Boost.Beast's parser, which is strict,
// and what that cannot read as every transport does (transports/bare_response.h). No allocation per
// response.
// Private to the Beast transports.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "transports/bare_response.h"

namespace fanout {

// Boost's version; Beast has none of its own.
std::string beast_version();

class ResponseScanner : private BareResponse {
 public:
  using BareResponse::any_received;
  using BareResponse::begin;
  using BareResponse::closed;
  using BareResponse::lost;
  using BareResponse::reply;
  using BareResponse::reusable;
  using BareResponse::Step;
  using BareResponse::why;

  ResponseScanner();

  // The space to receive the next bytes into.
  [[nodiscard]] std::span<char> space();
  // Reads this many bytes, at least one, that were received into space().
  Step received(std::size_t bytes);

 private:
  std::unique_ptr<char[]> buffer_;
};

}  // namespace fanout
