#include "harness/scenario/request_headers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace fanout {
namespace {

constexpr std::size_t kMostBytes = 4096;

// The fields that say how the message or its connection is to be understood, and who sends it.
constexpr std::array<std::string_view, 12> kOurs{
    "host",    "user-agent", "connection", "content-length", "content-type", "transfer-encoding",
    "trailer", "te",         "upgrade",    "expect",         "keep-alive",   "proxy-connection"};

bool is_name_character(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";  // RFC 9110, 5.6.2
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kMarks.find(c) != std::string_view::npos;
}

bool is_well_formed(const std::string& header) {
  const std::size_t colon = header.find(": ");
  if (colon == 0 || colon == std::string::npos || colon + 2 == header.size()) return false;
  return std::all_of(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(colon),
                     is_name_character) &&
         std::ranges::all_of(header, [](char c) { return c >= ' ' && c <= '~'; }) &&
         header[colon + 2] != ' ' && header.back() != ' ';
}

std::string lower_name(const std::string& header) {
  std::string name = header.substr(0, header.find(':'));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

}  // namespace

void check_headers(const std::vector<std::string>& headers) {
  std::size_t bytes = 0;
  for (const std::string& header : headers) {
    if (!is_well_formed(header)) {
      throw UsageError(fmt::format("header \"{}\": expected 'Name: value' in printable ASCII",
                                   on_one_line(header)));
    }
    const std::string name = lower_name(header);
    if (std::ranges::find(kOurs, name) != kOurs.end()) {
      throw UsageError(fmt::format("header \"{}\": fanout sets {} itself; leave it out", header,
                                   header.substr(0, name.size())));
    }
    bytes += header.size();
  }
  if (bytes > kMostBytes) {
    throw UsageError(
        fmt::format("headers of {} bytes: at most {} are supported", bytes, kMostBytes));
  }
}

}  // namespace fanout
