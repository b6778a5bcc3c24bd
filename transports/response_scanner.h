// Reads one HTTP/1.1 response after another with Boost.Beast's parser and keeps nothing but what is
// verified: status, token and the length of the body. No allocation per response.
//
// Private to the Beast transports: including it compiles Beast.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {

// Boost's version; Beast has none of its own.
std::string beast_version();

class ResponseScanner {
 public:
  enum class Step : std::uint8_t {
    more,      // receive into space() and call received()
    complete,  // reply() and reusable() hold
    broken,    // not HTTP
  };

  ResponseScanner();

  // Forgets the last response and awaits the one to a request of this method.
  void begin(Method method);
  // The space to receive the next bytes into; never empty while more are awaited.
  [[nodiscard]] std::span<char> space();
  // Reads this many bytes, at least one, that were received into space().
  Step received(std::size_t bytes);
  // The peer closed in order: `complete` if that ends the body, else `more`, which will never come.
  Step closed();

  [[nodiscard]] bool any_received() const { return any_received_; }
  // The outcome if the connection is lost now: truncated amid a body, reset before one.
  [[nodiscard]] Outcome lost() const;
  // What was received so far.
  [[nodiscard]] Reply reply() const;
  // Whether the connection may carry another request.
  [[nodiscard]] bool reusable() const;

 private:
  class Parser final : public boost::beast::http::basic_parser<false> {
   public:
    Parser();  // Clang 14 cannot make it from the initializers within this class

    unsigned code = 0;
    std::uint64_t body_bytes = 0;
    ReceivedToken token;
    std::uint32_t retry_after_s = 0;

   private:
    using Error = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Field = boost::beast::http::field;
    void on_request_impl(boost::beast::http::verb, Text, Text, int, Error&) override {}
    void on_response_impl(int status, Text, int, Error&) override;
    void on_field_impl(Field, Text name, Text value, Error&) override;
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(Text body, Error&) override;
    void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override;
    void on_finish_impl(Error&) override {}
  };

  void renew_parser();
  Step parse();

  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;  // bytes received and not yet parsed: buffer_[begin_, end_)
  std::size_t end_ = 0;
  bool head_ = false;
  bool any_received_ = false;
  std::optional<Parser> parser_;  // Beast's parsers serve one message each
};

}  // namespace fanout
