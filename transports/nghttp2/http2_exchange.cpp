#include "transports/nghttp2/http2_exchange.h"

#include <charconv>

#include "transports/response_head.h"

namespace fanout {
namespace {

// Names are in lower case in HTTP/2.
constexpr std::string_view kStatus = ":status";
constexpr std::string_view kToken = "x-fanout-token";
constexpr std::string_view kLength = "content-length";
constexpr std::string_view kRetryAfter = "retry-after";

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

void Http2Answer::begin(bool keep_body) {
  *this = {};
  if (keep_body) body = std::make_shared<std::string>();
}

bool Http2Answer::field(std::string_view name, std::string_view value) {
  constexpr std::size_t kOverhead = 32;  // of a field (RFC 9113, 6.5.2)
  head_bytes += name.size() + value.size() + kOverhead;
  if (head_bytes > kMostHeadBytes) return false;
  if (has_head) return true;  // a trailer
  if (name == kStatus) {
    status = 0;
    read_number(value, status);
  } else if (name == kToken) {
    token.assign(value);
  } else if (name == kLength) {
    std::uint64_t number = 0;
    if (read_number(value, number)) length = number;
  } else if (name == kRetryAfter) {
    retry_after_s = retry_after_seconds(value);
  }
  return true;
}

void Http2Answer::received(std::string_view bytes) {
  body_bytes += bytes.size();
  if (body) body->append(bytes);
}

}  // namespace fanout
