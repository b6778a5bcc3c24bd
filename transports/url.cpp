#include "transports/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "base/deleter.h"
#include "base/error.h"

namespace fanout {
namespace {

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
void check_parts(const CurlUrl& url, const std::string& text, const std::string& host) {
  if (has(url, CURLUPART_USER) || has(url, CURLUPART_PASSWORD)) {
    refuse(text, "user names and passwords in URLs are not sent; use -H 'Authorization: ...'");
  }
  if (has(url, CURLUPART_FRAGMENT)) {
    refuse(text, "fragments (#...) are not sent to servers; leave it out");
  }
  if (host.starts_with('[')) {
    refuse(text, "IPv6 addresses are not supported; use an IPv4 address or a name that has one");
  }
}

}  // namespace

Url parse_url(const std::string& text) {
  check_characters(text);
  const CurlUrl url(curl_url());
  if (!url) throw RunError("libcurl is out of memory");
  constexpr unsigned kAnyScheme = CURLU_NON_SUPPORT_SCHEME;  // to name those we refuse
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), kAnyScheme);
  const std::string scheme = code == CURLUE_OK ? part(url, CURLUPART_SCHEME) : "";
  if (code == CURLUE_BAD_SCHEME || (code == CURLUE_OK && scheme != "http" && scheme != "https")) {
    refuse(text, "expected a URL that begins with http:// or https://");
  }
  if (code != CURLUE_OK) refuse(text, fmt::format("not a URL: {}", curl_url_strerror(code)));

  Url parsed;
  parsed.tls = scheme == "https";
  parsed.host = part(url, CURLUPART_HOST);
  check_parts(url, text, parsed.host);
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
