#include "transports/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "harness/scenario/secrets.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/http_text.h"

namespace fanout::fuzz {
namespace {

bool is_shown(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string written(const Url& url) {
  return fmt::format("{}://{}:{}{}", url.tls ? "https" : "http", url_host(url.host), url.port,
                     url.path);
}

}  // namespace

void url(std::string_view input) {
  const std::string text(input);
  require(is_shown(shown_url(text)), "what messages show has more than one line");
  const std::string masked = masked_url(text);
  std::optional<Url> found;
  try {
    found = parse_url(text);
  } catch (const UsageError& error) {
    require(is_shown(error.what()), "the message has more than one line");
    return;
  }
  require(masked_url(masked) == masked, "what is masked is masked once more");
  require(!found->host.empty() && found->port > 0, "nobody to connect to");
  require(found->path.starts_with('/') && is_shown(found->path) &&
              found->path.find(' ') == std::string::npos,
          "no path of a request");
  require(!found->credentials || masked.find("***") != std::string::npos, "a secret is shown");
  const Url again = parse_url(written(*found));
  require(written(again) == written(*found), "written and read again, it is another URL");
}

}  // namespace fanout::fuzz
