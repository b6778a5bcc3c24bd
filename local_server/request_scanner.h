// Reads one HTTP/1.x request and keeps only what an answer depends on. It is Beast's parser without
// a message: no field is stored, nothing is allocated, a body of any length is discarded.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace fanout {

// Reads one request; construct a new scanner for the next.
class RequestScanner : public boost::beast::http::basic_parser<true> {
 public:
  using Verb = boost::beast::http::verb;

  RequestScanner();

  // Once is_header_done(); keep_alive() is the parser's own.
  [[nodiscard]] Verb method() const { return method_; }
  [[nodiscard]] bool is_http11() const { return version_ >= 11; }
  [[nodiscard]] std::optional<std::uint64_t> token() const { return token_; }
  // Known once is_done().
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

  // True once: the client holds its body back until the server says "continue" (RFC 9110, 10.1.1).
  bool take_expect_continue() { return std::exchange(expect_continue_, false); }

 private:
  using View = boost::beast::string_view;
  using Code = boost::beast::error_code;

  void on_request_impl(Verb method, View text, View target, int version, Code& error) override;
  void on_field_impl(boost::beast::http::field name, View text, View value, Code& error) override;
  std::size_t on_body_impl(View body, Code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, View body, Code& error) override;
  void on_response_impl(int, View, int, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  void on_chunk_header_impl(std::uint64_t, View, Code&) override {}
  void on_finish_impl(Code&) override {}

  Verb method_ = Verb::unknown;
  int version_ = 11;
  bool expect_continue_ = false;
  std::optional<std::uint64_t> token_;
  std::uint64_t body_bytes_ = 0;
};

}  // namespace fanout
