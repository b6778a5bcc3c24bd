#include "harness/scenario/request_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "transports/request_form.h"

namespace fanout {
namespace {

constexpr std::size_t kMostBytes = 32 * 1024;

// The fields that say how the message or its connection is to be understood, and what to do about
// them instead.
struct Ours {
  std::string_view name;
  std::string_view instead;
};
constexpr std::array<Ours, 9> kOurs{{
    {"Connection", "use --reuse on or off"},
    {"Keep-Alive", "use --reuse on or off"},
    {"Proxy-Connection", "use --reuse on or off"},
    {"Content-Length", "it is that of the body"},
    {"Transfer-Encoding", "bodies are sent whole, with their length"},
    {"Trailer", "bodies are sent whole, with their length"},
    {"TE", "no trailers are read"},
    {"Upgrade", "HTTP/1.1 is spoken"},
    {"Expect", "bodies are sent at once"},
}};

// The field without its value, which may be a secret.
std::string shown(const std::string& header) {
  const std::size_t end = header.find_first_of(":;");
  return end == std::string::npos ? on_one_line(header) : on_one_line(header.substr(0, end + 1));
}

void check_form(const std::string& header) {
  const bool control = std::ranges::any_of(
      header, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
  if (control) {
    throw UsageError(
        fmt::format("header \"{}\": holds a line end or another control character; leave it out",
                    shown(header)));
  }
  if (!is_http_token(header_field(header).name)) {
    throw UsageError(
        fmt::format("header \"{}\": expected 'Name: value', 'Name;' (without a value) or 'Name:' "
                    "(leave out fanout's own)",
                    shown(header)));
  }
}

// What fanout never sends may be left out, as curl's users do with Expect.
void check_whose(const std::string& header) {
  const auto refuse = [&](std::string_view why) {
    throw UsageError(fmt::format("header \"{}\": {}", shown(header), why));
  };
  const HeaderField field = header_field(header);
  const std::vector<std::string> alone{header};
  if (field.removes && (names_field(alone, "Host") || names_field(alone, "Content-Length"))) {
    refuse("every request needs it; leave this out");
  }
  for (const Ours& ours : kOurs) {
    if (field.removes || !names_field(alone, ours.name)) continue;
    refuse(fmt::format("fanout sets {} itself ({}); leave it out", ours.name, ours.instead));
  }
}

}  // namespace

void check_headers(const std::vector<std::string>& headers) {
  std::size_t bytes = 0;
  for (const std::string& header : headers) {
    check_form(header);
    check_whose(header);
    bytes += header.size();
  }
  if (bytes > kMostBytes) {
    throw UsageError(
        fmt::format("headers of {} bytes: at most {} are supported", bytes, kMostBytes));
  }
}

std::string_view type_of_body(std::string_view body) {
  return body.starts_with('{') || body.starts_with('[') ? kJsonType
                                                        : "application/x-www-form-urlencoded";
}

void add_type_of_body(std::vector<std::string>& headers, std::string_view body) {
  if (!names_field(headers, "Content-Type")) {
    headers.push_back(fmt::format("Content-Type: {}", type_of_body(body)));
  }
}

}  // namespace fanout
