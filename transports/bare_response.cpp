#include "transports/bare_response.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr std::size_t kMostHeldBytes = 16 * 1024;  // of a head, or of a line between chunks
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool same_name(std::string_view name, std::string_view known) {
  return name.size() == known.size() && ::strncasecmp(name.data(), known.data(), name.size()) == 0;
}

// Whether `text` begins with a number to this base.
template <class Number>
bool read_number(std::string_view text, Number& number, int base = 10) {
  return std::from_chars(text.data(), text.data() + text.size(), number, base).ec == std::errc();
}

}  // namespace

void BareResponse::begin(Method method) {
  part_ = Part::head;
  head_request_ = method == Method::head;
  any_received_ = surplus_ = false;
  status_ = 0;
  retry_after_s_ = 0;
  body_bytes_ = 0;
  token_.clear();
  held_.clear();
}

BareResponse::Step BareResponse::received(std::string_view bytes) {
  any_received_ = true;
  return part_ == Part::head ? read_head(bytes) : read_body(bytes);
}

// A head mostly comes whole and is read where it lies; only one in pieces is put together.
BareResponse::Step BareResponse::read_head(std::string_view bytes) {
  std::string together;
  if (!held_.empty()) {
    together = std::move(held_);
    held_.clear();
    bytes = together += bytes;
  }
  const std::size_t end = bytes.find(kHeadEnd);
  if (end == std::string_view::npos) {
    held_ = bytes;
    return held_.size() > kMostHeldBytes ? Step::broken : Step::more;
  }
  if (!parse_head(bytes.substr(0, end))) return Step::broken;
  bytes.remove_prefix(end + kHeadEnd.size());
  // An interim response (100 to 199) announces the real one.
  if (status_ < 200) return bytes.empty() ? Step::more : read_head(bytes);
  return read_body(bytes);
}

bool BareResponse::parse_head(std::string_view head) {
  constexpr std::string_view kStart = "HTTP/1.x ";
  constexpr std::size_t kDigits = 3;
  if (!head.starts_with("HTTP/1.") || head.size() < kStart.size() + kDigits) return false;
  if (!read_number(head.substr(kStart.size(), kDigits), status_)) return false;
  keep_alive_ = head[kStart.size() - 2] != '0';
  part_ = Part::until_close;
  left_ = 0;
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;) {
    const std::size_t next = head.find("\r\n", at + 2);
    if (!parse_field(head.substr(at + 2, next - at - 2))) return false;
    at = next;
  }
  if (status_ < 200) part_ = Part::head;
  // These responses have no body, whatever their fields announce (RFC 9112, 6.3).
  if (head_request_ || status_ == 204 || status_ == 304) {
    part_ = Part::counted;
    left_ = 0;
  }
  return true;
}

bool BareResponse::parse_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_name(name, kTokenHeader)) {
    token_.assign(value);
  } else if (same_name(name, "Content-Length")) {
    if (part_ == Part::until_close) part_ = Part::counted;
    return part_ != Part::counted || read_number(value, left_);
  } else if (same_name(name, "Transfer-Encoding")) {
    if (!same_name(value, "chunked")) return false;
    part_ = Part::chunk_size;
    left_ = 0;
  } else if (same_name(name, "Connection")) {
    if (same_name(value, "close")) keep_alive_ = false;
    if (same_name(value, "keep-alive")) keep_alive_ = true;
  } else if (same_name(name, kRetryAfterHeader)) {
    retry_after_s_ = retry_after_seconds(value);
  }
  return true;
}

BareResponse::Step BareResponse::read_body(std::string_view bytes) {
  if (part_ == Part::until_close) {
    body_bytes_ += bytes.size();
    return Step::more;
  }
  if (part_ != Part::counted) return read_chunks(bytes);
  const std::uint64_t taken = std::min<std::uint64_t>(left_, bytes.size());
  body_bytes_ += taken;
  left_ -= taken;
  surplus_ = taken < bytes.size();
  return left_ == 0 ? Step::complete : Step::more;
}

BareResponse::Step BareResponse::read_chunks(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ > 0) {
      const std::uint64_t taken = std::min<std::uint64_t>(left_, bytes.size());
      body_bytes_ += taken;
      left_ -= taken;
      bytes.remove_prefix(taken);
      continue;
    }
    const std::size_t end = bytes.find('\n');
    held_ += bytes.substr(0, end);
    if (held_.size() > kMostHeldBytes) return Step::broken;
    if (end == std::string_view::npos) return Step::more;
    bytes.remove_prefix(end + 1);
    const Step step = read_chunk_line();
    held_.clear();
    surplus_ = !bytes.empty();
    if (step != Step::more) return step;
  }
  return Step::more;
}

// The line is whole, in held_, but for its '\n'.
BareResponse::Step BareResponse::read_chunk_line() {
  if (held_.ends_with('\r')) held_.pop_back();
  switch (part_) {
    case Part::chunk_size:
      if (!read_number(held_, left_, 16)) return Step::broken;
      part_ = left_ > 0 ? Part::chunk_end : Part::chunk_trailers;
      return Step::more;
    case Part::chunk_end:
      part_ = Part::chunk_size;
      return held_.empty() ? Step::more : Step::broken;
    default:
      return held_.empty() ? Step::complete : Step::more;
  }
}

BareResponse::Step BareResponse::closed() const {
  return part_ == Part::until_close ? Step::complete : Step::more;
}

Outcome BareResponse::lost() const {
  return part_ == Part::head ? Outcome::reset : Outcome::truncated;
}

Reply BareResponse::reply() const {
  return {.status = status_,
          .body_bytes = body_bytes_,
          .token = token_.view(),
          .retry_after_s = retry_after_s_};
}

}  // namespace fanout
