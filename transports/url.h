// URLs as users write them, taken apart by libcurl's parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace fanout {

struct Url {
  bool tls = false;           // https
  std::string host;           // a name in lower case, or a literal IPv4 or IPv6 address
  std::uint16_t port = 0;     // the one named, or the scheme's own
  std::string path;           // with the query, as requests carry it; begins with '/'
  std::string unix_socket{};  // http+unix://%2Frun%2Fx.sock/path: the socket; the host is localhost
  std::optional<std::string> credentials{};  // "user:password", decoded
  bool scheme_added = false;                 // there was none: http
  bool encoded = false;                      // blanks, or bytes beyond ASCII, were written as %XX
};

inline constexpr std::size_t kLongestUrl = 8000;  // what RFC 9110 (4.1) asks everyone to support

// Throws UsageError with what is wrong; not where. A fragment is left out, and the path stays as it
// is written, dots and all.
Url parse_url(const std::string& text);

// The text as messages may show it: on one line, shortened, and its password as ***.
std::string shown_url(const std::string& text);

}  // namespace fanout
