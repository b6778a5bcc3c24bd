#include "transports/httplib_reading.h"

#include <fmt/format.h>

#include <string>

#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/bare_response.h"

namespace fanout::fuzz {
namespace {

// What a reader of the rewritten response is told, which chunks it comes in aside.
std::string read_rewritten(std::string_view input, std::size_t piece, bool head_request) {
  HttplibReading reading;
  reading.begin(head_request);
  std::string text;
  in_pieces(input, piece, [&](std::string_view bytes) {
    reading.received(bytes, text);
    return reading.broken().empty();
  });
  BareResponse response;
  response.begin(head_request ? Method::head : Method::get);
  const auto step = text.empty() ? BareResponse::Step::more : response.received(text);
  const Reply reply = response.reply();
  if (!reading.broken().empty()) return std::string(reading.broken());
  return fmt::format("{} {} {} {} {} {} {}", reading.surplus(), static_cast<int>(step),
                     static_cast<int>(response.closed()), reply.status, reply.body_bytes,
                     reply.token, reply.retry_after_s);
}

}  // namespace

// What cpp-httplib is given to read in place of a response.
void httplib_reading(std::string_view input) {
  const bool head = take_byte(input) % 4 == 1;
  const std::string whole = read_rewritten(input, input.size(), head);
  require(read_rewritten(input, 1, head) == whole, "cut into pieces, it is another response");
  BareResponse direct;
  direct.begin(head ? Method::head : Method::get);
  if (input.empty() || direct.received(input) != BareResponse::Step::complete) return;
  const Reply reply = direct.reply();
  const std::string expected =
      fmt::format("{} {} {} {}", reply.status, reply.body_bytes, reply.token, reply.retry_after_s);
  require(whole.ends_with(expected), "rewritten, it is another response");
}

}  // namespace fanout::fuzz
