#include "transports/method.h"

#include <cctype>

namespace fanout {

bool is_http_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           kMarks.find(c) != std::string_view::npos;
  });
}

std::optional<Method> parse_method(std::string_view name) {
  const auto is_name_of = [&](std::string_view common) {
    return std::ranges::equal(name, common, {},
                              [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
  };
  if (!is_http_token(name) || name.size() > Method::kLongest || name == "CONNECT") {
    return std::nullopt;
  }
  const auto* const common = std::ranges::find_if(kCommonMethods, is_name_of);
  if (common != kCommonMethods.end() && *common != name) return std::nullopt;
  return Method(name);
}

bool is_idempotent(const Method& method) {
  constexpr std::array<std::string_view, 6> kIdempotent{"GET",    "HEAD",    "PUT",
                                                        "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(kIdempotent, method.name()) != kIdempotent.end();
}

bool expects_body(const Method& method) {
  constexpr std::array<std::string_view, 3> kExpecting{"POST", "PUT", "PATCH"};
  return std::ranges::find(kExpecting, method.name()) != kExpecting.end();
}

}  // namespace fanout
