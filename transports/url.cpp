#include "transports/url.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "base/deleter.h"
#include "base/error.h"

namespace fanout {
namespace {

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
  constexpr std::size_t kShown = 100;
  std::string shown = text.substr(0, kShown);
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  throw UsageError(fmt::format("{}{}: {}", shown, text.size() > kShown ? "..." : "", why));
}

void check_characters(const std::string& text) {
  if (text.size() > kLongestUrl) {
    refuse(text, fmt::format("longer than {} bytes, the most a URL may have", kLongestUrl));
  }
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; })) {
    refuse(text,
           "holds a blank or another character that URLs do not have; write it as %XX (of a host "
           "name: as xn--...)");
  }
}

// What is well-formed, but not for us.
void check_parts(const CurlUrl& url, const std::string& text) {
  if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD)) {
    refuse(text, "user names and passwords in URLs are not sent; use -H 'Authorization: ...'");
  }
  if (has(url, CURLUPART_FRAGMENT)) {
    refuse(text, "fragments (#...) are not sent to servers; leave it out");
  }
  if (has(url, CURLUPART_ZONEID)) {
    refuse(text, "IPv6 addresses with the name of an interface (%25...) are not supported");
  }
}

constexpr std::string_view kUnixScheme = "http+unix://";

// A URL of a Unix socket, whose path stands, percent-encoded, where others have a host.
Url parse_unix_url(const std::string& text) {
  const std::size_t host_end = std::min(text.find_first_of("/?#", kUnixScheme.size()), text.size());
  const std::string host = text.substr(kUnixScheme.size(), host_end - kUnixScheme.size());
  int size = 0;
  const CurlText path(
      curl_easy_unescape(nullptr, host.c_str(), static_cast<int>(host.size()), &size));
  if (!path) throw RunError("libcurl is out of memory");
  Url url = parse_url("http://localhost" + text.substr(host_end));
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
  if (text.starts_with(kUnixScheme)) return parse_unix_url(text);
  const CurlUrl url(curl_url());
  if (!url) throw RunError("libcurl is out of memory");
  constexpr unsigned kAnyScheme = CURLU_NON_SUPPORT_SCHEME;  // to name those we refuse
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kAnyScheme);
  const std::string scheme = code == CURLUE_OK ? part(url, CURLUPART_SCHEME) : "";
  if (code == CURLUE_BAD_SCHEME || (code == CURLUE_OK && scheme != "http" && scheme != "https")) {
    refuse(text, "expected a URL that begins with http://, https:// or http+unix://");
  }
  if (code != CURLUE_OK) refuse(text, fmt::format("not a URL: {}", curl_url_strerror(code)));

  Url parsed;
  parsed.tls = scheme == "https";
  check_parts(url, text);
  parsed.host = part(url, CURLUPART_HOST);
  if (parsed.host.starts_with('[')) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  std::ranges::transform(parsed.host, parsed.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
  const std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (parsed.port == 0) refuse(text, "port 0 cannot be connected to");
  parsed.path = part(url, CURLUPART_PATH);
  if (has(url, CURLUPART_QUERY)) parsed.path += "?" + part(url, CURLUPART_QUERY);
  return parsed;
}

}  // namespace fanout
