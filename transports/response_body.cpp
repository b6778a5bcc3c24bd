#include "transports/response_body.h"

#include <algorithm>
#include <limits>

namespace fanout {
namespace {

constexpr unsigned kMostDigits = 16;
constexpr unsigned kMostTrailerBytes = 4096;  // of a line

// The value of a hexadecimal digit, or 16.
unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

}  // namespace

void ResponseBody::begin(Framing framing, std::uint64_t length) {
  left_ = 0;
  line_bytes_ = 0;
  switch (framing) {
    case Framing::counted:
      left_ = length;
      part_ = length > 0 ? Part::counted : Part::complete;
      break;
    case Framing::chunked:
      part_ = Part::size;
      break;
    case Framing::until_close:
      part_ = Part::until_close;
      break;
  }
}

std::string_view ResponseBody::take(std::string_view& bytes) {
  if (part_ == Part::counted || part_ == Part::chunk || part_ == Part::until_close) {
    const bool all = part_ == Part::until_close;
    const std::string_view data = all ? bytes : bytes.substr(0, left_);
    bytes.remove_prefix(data.size());
    if (all) return data;
    left_ -= data.size();
    if (left_ == 0) part_ = part_ == Part::chunk ? Part::chunk_end : Part::complete;
    return data;
  }
  const char c = bytes.front();
  if (part_ == Part::size) {
    size_digit(c);
  } else if (part_ == Part::chunk_end) {
    if (c == '\n') part_ = Part::size;
    if (c != '\n' && c != '\r') part_ = Part::broken;
  } else if (part_ == Part::trailer) {
    trailer_byte(c);
  } else if (part_ == Part::last_line) {
    part_ = c == '\n' ? Part::complete : Part::broken;
  }
  if (part_ != Part::extension) {
    bytes.remove_prefix(1);
    return {};
  }
  const std::size_t end = bytes.find('\n');
  bytes.remove_prefix(std::min(end, bytes.size() - 1) + 1);
  if (end == std::string_view::npos) return {};
  part_ = left_ > 0 ? Part::chunk : Part::trailer;
  line_bytes_ = 0;
  colon_ = false;
  return {};
}

// What follows the digits, to the end of the line, is an extension, which nobody reads.
void ResponseBody::size_digit(char c) {
  const unsigned value = digit_value(c);
  if (value < 16 && line_bytes_ < kMostDigits) {
    left_ = left_ << 4 | value;
    ++line_bytes_;
  } else if (value < 16 || line_bytes_ == 0 ||
             left_ > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    part_ = Part::broken;
  } else {
    part_ = Part::extension;
  }
}

void ResponseBody::trailer_byte(char c) {
  if (line_bytes_ == 0 && c == '\r') {
    part_ = Part::last_line;
  } else if (c == '\n') {
    if (line_bytes_ > 0 && !colon_) part_ = Part::broken;
    if (line_bytes_ == 0) part_ = Part::complete;
    line_bytes_ = 0;
    colon_ = false;
  } else {
    colon_ = colon_ || c == ':';
    if (++line_bytes_ >= kMostTrailerBytes) part_ = Part::broken;
  }
}

}  // namespace fanout
