// HTTP methods: any token (RFC 9110, 9.1), kept in place, so that one is copied as plain data.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fanout {

// What names of methods and of header fields consist of (RFC 9110, 5.6.2).
bool is_http_token(std::string_view text);

class Method {
 public:
  static constexpr std::size_t kLongest = 31;
  static const Method get;
  static const Method head;
  static const Method post;

  // REQUIRED: at most kLongest bytes.
  constexpr explicit Method(std::string_view name) : size_(static_cast<std::uint8_t>(name.size())) {
    std::ranges::copy(name, text_.begin());
  }
  [[nodiscard]] constexpr std::string_view name() const { return {text_.data(), size_}; }
  friend constexpr bool operator==(const Method&, const Method&) = default;

 private:
  std::uint8_t size_;
  std::array<char, kLongest> text_{};
};
inline constexpr Method Method::get{"GET"};
inline constexpr Method Method::head{"HEAD"};
inline constexpr Method Method::post{"POST"};

// Those that help, completion and messages name; any other is as good.
inline constexpr std::array<std::string_view, 8> kCommonMethods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};

// The method of this name. Nothing for what is no token or too long, for CONNECT, which asks a
// proxy for a tunnel, and for a common one in lower case: methods are told apart by case.
std::optional<Method> parse_method(std::string_view name);
inline constexpr std::string_view kMethodExpected =
    "an HTTP method in upper case, such as GET, PUT, DELETE or PROPFIND";

// Whether a request made twice has the effect of one (RFC 9110, 9.2.2).
bool is_idempotent(const Method& method);

// Whether a request says how long its body is even if that is empty (RFC 9110, 8.6).
bool expects_body(const Method& method);

}  // namespace fanout
