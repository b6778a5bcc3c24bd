#include "transports/response_head.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "transports/failure_sentences.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr std::string_view kStart = "HTTP/";

bool same(std::string_view text, std::string_view known) {
  return text.size() == known.size() && ::strncasecmp(text.data(), known.data(), text.size()) == 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks_before(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

// Of a field's line, which may end in the carriage return of its line end. A carriage return before
// that belongs to the value.
std::string_view value_of_line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return without_blanks_before(text);
}

// "HTTP/1.1 200 OK", with any number of blanks before the status, and anything after it.
bool read_status_line(std::string_view line, ResponseHead& head) {
  line.remove_prefix(std::min(line.size(), kStart.size()));
  const bool one = line.starts_with("1.1") || line.starts_with("1.0");
  const bool two = line.starts_with("2.0");  // or "2": what HTTP/2 looks like to those who rewrite
  if (!one && !line.starts_with('2')) return false;
  head.keep_alive = line.starts_with("1.1");
  line.remove_prefix(one || two ? 3 : 1);
  if (!line.starts_with(' ')) return false;
  line = without_blanks_before(line);
  constexpr std::size_t kDigits = 3;
  if (line.size() < kDigits || !std::ranges::all_of(line.substr(0, kDigits), is_digit)) {
    return false;
  }
  std::from_chars(line.data(), line.data() + kDigits, head.status);
  return head.status >= 100 && (line.size() == kDigits || !is_digit(line[kDigits]));
}

// A number too large to be counted leaves the end of the body to that of the connection.
bool read_length(std::string_view value, ResponseHead& head) {
  if (value.starts_with('+')) value.remove_prefix(1);
  std::int64_t length = 0;
  const auto error = std::from_chars(value.data(), value.data() + value.size(), length).ec;
  if (error == std::errc::invalid_argument || length < 0) return false;
  if (head.framing == Framing::chunked) return true;
  const bool known = error == std::errc();
  head.framing = known ? Framing::counted : Framing::until_close;
  head.length = known ? static_cast<std::uint64_t>(length) : 0;
  return true;
}

// Calls `use` with each item between commas, without allocating.
template <class Use>
void each_item(std::string_view list, Use use) {
  while (true) {
    const std::size_t comma = list.find(',');
    use(trimmed(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

bool read_encodings(std::string_view value, ResponseHead& head) {
  bool known = true;
  each_item(value, [&](std::string_view encoding) {
    const bool chunked = same(encoding, "chunked");
    if (chunked) head.framing = Framing::chunked;
    known = known && (chunked || encoding.empty() || same(encoding, "identity"));
  });
  return known;
}

struct Connection {
  bool close = false;
  bool keep_alive = false;
};

void read_connection(std::string_view value, Connection& connection) {
  each_item(value, [&](std::string_view option) {
    connection.close = connection.close || same(option, "close");
    connection.keep_alive = connection.keep_alive || same(option, "keep-alive");
  });
}

std::string_view read_field(std::string_view line, ResponseHead& head, Connection& connection) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return sentence::kNoColon;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same(name, kTokenHeader)) {
    head.token.assign(value_of_line(line.substr(colon + 1)));
  } else if (same(name, "Content-Length")) {
    const bool bodyless = head.status == 204 || head.status == 304;
    if (!bodyless && !read_length(value, head)) return sentence::kContentLength;
  } else if (same(name, "Transfer-Encoding")) {
    if (!read_encodings(value, head)) return sentence::kTransferEncoding;
  } else if (same(name, "Connection")) {
    read_connection(value, connection);
  } else if (same(name, kRetryAfterHeader)) {
    head.retry_after_s = retry_after_seconds(value);
  }
  return {};
}

}  // namespace

std::string_view not_http(std::string_view bytes) {
  constexpr char kAlert = 0x15;
  constexpr char kHandshake = 0x16;
  const std::size_t size = std::min(bytes.size(), kStart.size());
  if (same(bytes.substr(0, size), kStart.substr(0, size))) return {};
  const bool tls = bytes[0] == kAlert || bytes[0] == kHandshake;
  return tls ? sentence::kSpeaksTls : sentence::kNotHttp;
}

std::size_t HeadEnd::find(std::string_view bytes) {
  if (line_ == 0) broken_ = not_http(bytes);
  while (broken_.empty() && line_ < bytes.size()) {
    const std::size_t end = bytes.find('\n', line_);
    const std::size_t next = end == std::string_view::npos ? bytes.size() : end + 1;
    if (next - line_ >= kMostHeadLineBytes) broken_ = sentence::kLineTooLong;
    if (next > kMostHeadBytes) broken_ = sentence::kHeaderTooLarge;
    if (end == std::string_view::npos || !broken_.empty()) return 0;
    const char first = bytes[line_];
    if (first == '\r' || first == '\n') return next;
    folded_ = folded_ || is_blank(first);
    line_ = next;
  }
  return 0;
}

std::string_view read_head(std::string_view text, ResponseHead& head) {
  head = {};
  const std::size_t status_end = text.find('\n');
  if (!read_status_line(text.substr(0, status_end), head)) return sentence::kStatusLine;
  if (text.find('\0') != std::string_view::npos) return sentence::kNulByte;
  text.remove_prefix(status_end + 1);
  if (!text.empty() && is_blank(text[0])) return sentence::kFoldedFirst;
  Connection connection;
  while (!text.empty() && text[0] != '\r' && text[0] != '\n') {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    if (!is_blank(text[0])) {  // the continuation of a line has no say in anything we read
      const std::string_view broken = read_field(text.substr(0, end), head, connection);
      if (!broken.empty()) return broken;
    }
    text.remove_prefix(end + 1);
  }
  head.keep_alive = (head.keep_alive || connection.keep_alive) && !connection.close;
  return {};
}

}  // namespace fanout
