// One line of an access log, and the forms in which its values are written.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fanout {

// What a line tells; what it does not tell is left as it is.
struct LogLine {
  std::optional<std::chrono::nanoseconds> took{};      // from the request to the answer's end
  std::optional<std::chrono::nanoseconds> upstream{};  // of that, what a server behind took
  std::optional<std::chrono::nanoseconds> at{};        // when, since 1970
  unsigned status = 0;
  std::uint64_t bytes = 0;  // of the answer
  std::string method{};
};

// A part of a line, by what is written there.
enum class LogField : std::uint8_t {
  ignored,
  took_s,   // seconds, with a fraction: nginx's $request_time, Apache's %T
  took_ms,  // Apache's %{ms}T
  took_us,  // Apache's %D
  took_ns,
  took_text,   // with a unit, such as "1.5ms"
  upstream_s,  // nginx's $upstream_response_time: seconds of one or more servers, or -
  at_common,   // 10/Oct/2000:13:55:36 -0700
  at_iso,      // 2000-10-10T13:55:36-07:00
  at_unix,     // seconds since 1970, or milli-, micro- or nanoseconds, by their size
  status,
  bytes,
  request,  // GET /path HTTP/1.1
  method,
};

// What of a LogLine a field gives: several forms of one are of one meaning.
enum class LogMeaning : std::uint8_t { none, took, upstream, at, status, bytes, method };
LogMeaning meaning_of(LogField field);

// Notes in `line` what `text` says; false if it is not written as such a field is.
bool note_field(LogField field, std::string_view text, LogLine& line);

// "2000-10-10T13:55:36.5-07:00", also with Z or no zone, which is read as UTC: since 1970.
std::optional<std::chrono::nanoseconds> parse_iso_time(std::string_view text);

}  // namespace fanout
