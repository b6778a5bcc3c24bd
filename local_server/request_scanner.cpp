#include "local_server/request_scanner.h"

#include <boost/beast/core/string.hpp>
#include <boost/none.hpp>
#include <string_view>

#include "wire/token.h"

namespace fanout {

RequestScanner::RequestScanner() {
  eager(true);              // header and body in one call
  body_limit(boost::none);  // nothing is kept, so nothing needs a limit
}

void RequestScanner::on_request_impl(Verb method, View /*text*/, View target, int version,
                                     Code& /*error*/) {
  method_ = method;
  version_ = version;
  token_ = token_of_path(std::string_view(target.data(), target.size()));
}

void RequestScanner::on_field_impl(boost::beast::http::field name, View /*text*/, View value,
                                   Code& /*error*/) {
  if (name == boost::beast::http::field::expect) {
    expect_continue_ = boost::beast::iequals(value, "100-continue");
  }
}

std::size_t RequestScanner::on_body_impl(View body, Code& /*error*/) {
  body_bytes_ += body.size();
  return body.size();
}

std::size_t RequestScanner::on_chunk_body_impl(std::uint64_t /*remain*/, View body,
                                               Code& /*error*/) {
  body_bytes_ += body.size();
  return body.size();
}

}  // namespace fanout
