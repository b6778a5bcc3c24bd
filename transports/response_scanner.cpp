#include "transports/response_scanner.h"

#include <fmt/core.h>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/version.hpp>
#include <limits>

#include "wire/token.h"

namespace fanout {

namespace {

namespace http = boost::beast::http;

// Of the memory only the pages that are received into count.
constexpr std::size_t kBufferBytes = 16 * 1024;

// Reads one head.
class HeadParser final : public http::basic_parser<false> {
 public:
  explicit HeadParser(ResponseHead& head) : head_(head) {}

  bool read(std::string_view text) {
    skip(true);  // of the body
    header_limit(std::numeric_limits<std::uint32_t>::max());
    Error error;
    put({text.data(), text.size()}, error);
    if (error || !is_header_done() || other_encoding_) return false;
    head_.keep_alive = keep_alive();
    if (chunked()) {
      head_.framing = Framing::chunked;
    } else if (const auto length = content_length()) {
      head_.framing = Framing::counted;
      head_.length = *length;
    }
    return head_.status >= 100;
  }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;
  void on_request_impl(http::verb, Text, Text, int, Error&) override {}
  void on_response_impl(int status, Text, int, Error&) override {
    head_.status = static_cast<unsigned>(status);
  }
  void on_field_impl(http::field field, Text name, Text value, Error&) override {
    if (field == http::field::unknown && name.size() == kTokenHeader.size() &&
        boost::beast::iequals(name, {kTokenHeader.data(), kTokenHeader.size()})) {
      head_.token.assign({value.data(), value.size()});
    } else if (field == http::field::retry_after) {
      head_.retry_after_s = retry_after_seconds({value.data(), value.size()});
    } else if (field == http::field::transfer_encoding) {
      other_encoding_ = other_encoding_ || !boost::beast::iequals(value, "chunked");
    }
  }
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override { return body.size(); }
  void on_finish_impl(Error&) override {}

  ResponseHead& head_;
  bool other_encoding_ = false;  // than chunked alone
};

bool read_with_beast(std::string_view text, ResponseHead& head) {
  head = {};
  return HeadParser(head).read(text);
}

}  // namespace

std::string beast_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                     BOOST_VERSION % 100);
}

ResponseScanner::ResponseScanner()
    : BareResponse(&read_with_beast),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

std::span<char> ResponseScanner::space() { return {buffer_.get(), kBufferBytes}; }

ResponseScanner::Step ResponseScanner::received(std::size_t bytes) {
  return BareResponse::received({buffer_.get(), bytes});
}

}  // namespace fanout
