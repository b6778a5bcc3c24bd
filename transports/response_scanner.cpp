#include "transports/response_scanner.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/version.hpp>

#include "wire/token.h"

namespace fanout {

namespace {

// Larger than Beast's limit of 8 KiB for a header, so that a header always fits. Of the memory only
// the pages that are received into count.
constexpr std::size_t kBufferBytes = 16 * 1024;

}  // namespace

std::string beast_version() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                     BOOST_VERSION % 100);
}

void ResponseScanner::Parser::on_response_impl(int status, Text, int, Error&) {
  code = static_cast<unsigned>(status);
}

void ResponseScanner::Parser::on_field_impl(Field field, Text name, Text value, Error&) {
  if (field == Field::unknown && name.size() == kTokenHeader.size() &&
      boost::beast::iequals(name, {kTokenHeader.data(), kTokenHeader.size()})) {
    token.assign({value.data(), value.size()});
  } else if (field == Field::retry_after) {
    retry_after_s = retry_after_seconds({value.data(), value.size()});
  }
}

std::size_t ResponseScanner::Parser::on_body_impl(Text body, Error&) {
  body_bytes += body.size();
  return body.size();
}

std::size_t ResponseScanner::Parser::on_chunk_body_impl(std::uint64_t, Text body, Error&) {
  body_bytes += body.size();
  return body.size();
}

ResponseScanner::Parser::Parser() = default;

ResponseScanner::ResponseScanner()
    : buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)) {}

void ResponseScanner::begin(Method method) {
  begin_ = end_ = 0;
  head_ = method == Method::head;
  any_received_ = false;
  renew_parser();
}

void ResponseScanner::renew_parser() {
  parser_.emplace();
  parser_->eager(true);
  parser_->skip(head_);
  parser_->body_limit(boost::none);
}

std::span<char> ResponseScanner::space() {
  if (begin_ > 0) {
    std::copy(buffer_.get() + begin_, buffer_.get() + end_, buffer_.get());
    end_ -= begin_;
    begin_ = 0;
  }
  return {buffer_.get() + end_, kBufferBytes - end_};
}

ResponseScanner::Step ResponseScanner::received(std::size_t bytes) {
  any_received_ = true;
  end_ += bytes;
  Step step = parse();
  // An interim response (100 to 199) announces the real one.
  while (step == Step::complete && parser_->code < 200) {
    renew_parser();
    step = begin_ < end_ ? parse() : Step::more;
  }
  return step;
}

ResponseScanner::Step ResponseScanner::parse() {
  boost::beast::error_code error;
  begin_ += parser_->put({buffer_.get() + begin_, end_ - begin_}, error);
  if (begin_ == end_) begin_ = end_ = 0;
  if (error && error != boost::beast::http::error::need_more) return Step::broken;
  if (parser_->is_done()) return Step::complete;
  return begin_ == 0 && end_ == kBufferBytes ? Step::broken : Step::more;
}

ResponseScanner::Step ResponseScanner::closed() {
  if (!parser_->is_header_done() || !parser_->need_eof()) return Step::more;
  boost::beast::error_code error;
  parser_->put_eof(error);
  return error ? Step::more : Step::complete;
}

Outcome ResponseScanner::lost() const {
  return parser_->is_header_done() ? Outcome::truncated : Outcome::reset;
}

Reply ResponseScanner::reply() const {
  return {.status = parser_->code,
          .body_bytes = parser_->body_bytes,
          .token = parser_->token.view(),
          .retry_after_s = parser_->retry_after_s};
}

bool ResponseScanner::reusable() const {
  return parser_->is_done() && parser_->keep_alive() && begin_ == end_;
}

}  // namespace fanout
