#include "transports/url.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <idn2.h>
#include <sys/un.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <memory>
#include <string_view>

#include "base/deleter.h"
#include "base/error.h"

namespace fanout {
namespace {

constexpr std::string_view kSchemesExpected =
    "expected a URL that begins with http://, https:// or http+unix://";
constexpr std::string_view kUnixScheme = "http+unix://";
constexpr std::size_t kLongestUnixSocket = sizeof(sockaddr_un::sun_path) - 1;

using CurlUrl = std::unique_ptr<CURLU, Deleter<&curl_url_cleanup>>;
using CurlText = std::unique_ptr<char, Deleter<&curl_free>>;

// A part of the URL, or nothing.
std::string part(const CurlUrl& url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
  const CurlText owned(text);
  return text;
}

bool has(const CurlUrl& url, CURLUPart which) {
  char* text = nullptr;
  const bool found = curl_url_get(url.get(), which, &text, 0) == CURLUE_OK;
  curl_free(text);
  return found;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
  throw UsageError(fmt::format("{}: {}", shown_url(text), why));
}

bool beyond_ascii(char c) { return static_cast<unsigned char>(c) > '~'; }

// A URL as it is written, in three pieces; a fragment is left out.
struct Pieces {
  std::string scheme;     // with "://"; empty if there is none
  std::string authority;  // user and password, host, port
  std::string path;       // with the query
};

Pieces pieces_of(std::string_view text) {
  constexpr std::string_view kMark = "://";
  const std::size_t colon = text.find_first_of(":/?#@");
  const bool has_scheme =
      colon != std::string_view::npos && colon > 0 && text.substr(colon).starts_with(kMark);
  const std::string_view rest = text.substr(has_scheme ? colon + kMark.size() : 0);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view behind = rest.substr(path);
  return {std::string(text.substr(0, text.size() - rest.size())), std::string(rest.substr(0, path)),
          std::string(behind.substr(0, behind.find('#')))};
}

void check_characters(const std::string& text) {
  if (text.size() > kLongestUrl) {
    refuse(text, fmt::format("longer than {} bytes, the most a URL may have", kLongestUrl));
  }
  if (std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; })) {
    refuse(text, "holds a control character; write it as %XX");
  }
}

// What has no scheme is taken for a host and a path, as curl does, if it can be one.
void check_pieces(const std::string& text, const Pieces& pieces) {
  const bool begins_well = std::isalnum(static_cast<unsigned char>(text[0])) != 0 ||
                           text[0] == '[' || beyond_ascii(text[0]);
  const bool no_scheme = pieces.scheme.find(' ') != std::string::npos;  // "GET http://..."
  if (no_scheme || (pieces.scheme.empty() && (!begins_well || pieces.authority.ends_with(':')))) {
    refuse(text, std::string(kSchemesExpected));
  }
  if (pieces.authority.find(' ') != std::string::npos) {
    refuse(text, "holds a blank before its path; write one URL, and nothing else");
  }
}

// Blanks and bytes beyond ASCII as %XX.
std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c == ' ' || beyond_ascii(c)) {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      encoded += c;
    }
  }
  return encoded;
}

// The name as DNS, certificates and the header Host have it, found as libcurl finds it: by IDNA
// 2008, else by what of IDNA 2003 still goes.
std::string ascii_name(const std::string& text, const std::string& name) {
  if (std::ranges::none_of(name, beyond_ascii)) return name;
  char* found = nullptr;
  int code = ::idn2_to_ascii_8z(name.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (code != IDN2_OK) code = ::idn2_to_ascii_8z(name.c_str(), &found, IDN2_TRANSITIONAL);
  if (code != IDN2_OK) {
    refuse(text,
           fmt::format("its host name cannot be an international one: {}", ::idn2_strerror(code)));
  }
  std::string ascii(found);
  ::idn2_free(found);
  return ascii;
}

// The authority in ASCII.
std::string ascii_authority(const std::string& text, const std::string& authority) {
  const std::size_t host = authority.rfind('@') + 1;  // 0 if there is no '@'
  const std::size_t port = std::min(authority.find(':', host), authority.size());
  return percent_encoded(authority.substr(0, host)) +
         ascii_name(text, authority.substr(host, port - host)) + authority.substr(port);
}

CurlUrl parsed_by_curl(const std::string& text, const std::string& url) {
  CurlUrl parsed(curl_url());
  if (!parsed) throw RunError("libcurl is out of memory");
  constexpr unsigned kAnyScheme = CURLU_NON_SUPPORT_SCHEME;  // to name those we refuse
  const CURLUcode code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), kAnyScheme);
  const std::string scheme = code == CURLUE_OK ? part(parsed, CURLUPART_SCHEME) : "";
  if (code == CURLUE_BAD_SCHEME || (code == CURLUE_OK && scheme != "http" && scheme != "https")) {
    refuse(text, std::string(kSchemesExpected));
  }
  if (code != CURLUE_OK) refuse(text, fmt::format("not a URL: {}", curl_url_strerror(code)));
  return parsed;
}

// A part of the credentials without its %XX.
std::string decoded(const std::string& text, const CurlUrl& url, CURLUPart which) {
  std::string found = part(url, which, CURLU_URLDECODE);
  if (found.empty() && !part(url, which).empty()) {
    refuse(text, "its user name or password holds a control character");
  }
  return found;
}

// A URL of a Unix socket, whose path stands, percent-encoded, where others have a host.
Url parse_unix_url(const std::string& text, const Pieces& pieces) {
  const std::string& host = pieces.authority;
  int size = 0;
  const CurlText path(
      curl_easy_unescape(nullptr, host.c_str(), static_cast<int>(host.size()), &size));
  if (!path) throw RunError("libcurl is out of memory");
  Url url = parse_url("http://localhost" + pieces.path);
  url.unix_socket.assign(path.get(), static_cast<std::size_t>(size));
  if (!url.unix_socket.starts_with('/') || url.unix_socket.size() > kLongestUnixSocket) {
    refuse(text, fmt::format("expected the path of a Unix socket, of at most {} bytes and with %2F "
                             "for each /, as in http+unix://%2Frun%2Fx.sock/",
                             kLongestUnixSocket));
  }
  return url;
}

}  // namespace

Url parse_url(const std::string& text) {
  check_characters(text);
  const Pieces pieces = pieces_of(text);
  check_pieces(text, pieces);
  if (pieces.scheme == kUnixScheme) return parse_unix_url(text, pieces);
  const std::string& scheme = pieces.scheme.empty() ? "http://" : pieces.scheme;
  const CurlUrl url = parsed_by_curl(text, scheme + ascii_authority(text, pieces.authority) + "/");

  Url parsed;
  parsed.scheme_added = pieces.scheme.empty();
  parsed.tls = part(url, CURLUPART_SCHEME) == "https";
  if (has(url, CURLUPART_ZONEID)) {
    refuse(text, "IPv6 addresses with the name of an interface (%25...) are not supported");
  }
  parsed.host = ascii_name(text, part(url, CURLUPART_HOST));  // libcurl has decoded %XX
  if (parsed.host.find('%') != std::string::npos) refuse(text, "its host name holds a %");
  if (parsed.host.starts_with('[')) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  std::ranges::transform(parsed.host, parsed.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  const std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (parsed.port == 0) refuse(text, "port 0 cannot be connected to");
  parsed.path = percent_encoded(pieces.path);
  parsed.encoded = parsed.path != pieces.path;
  if (!parsed.path.starts_with('/')) parsed.path.insert(0, "/");
  if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD)) {
    parsed.credentials =
        decoded(text, url, CURLUPART_USER) + ":" + decoded(text, url, CURLUPART_PASSWORD);
  }
  return parsed;
}

std::string shown_url(const std::string& text) {
  constexpr std::size_t kShown = 100;
  const Pieces pieces = pieces_of(text);
  const std::size_t at = pieces.authority.rfind('@');
  std::string shown = text;
  if (at != std::string::npos) {
    const std::size_t user = std::min(pieces.authority.find(':'), at);
    shown = pieces.scheme + pieces.authority.substr(0, user) + ":***" +
            text.substr(pieces.scheme.size() + at);
  }
  const bool shortened = shown.size() > kShown;
  shown.resize(std::min(shown.size(), kShown));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return shown + (shortened ? "..." : "");
}

}  // namespace fanout
