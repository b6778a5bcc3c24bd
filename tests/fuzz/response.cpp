#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/bare_response.h"
#include "transports/response_scanner.h"

namespace fanout::fuzz {
namespace {

// All that a transport can ask of a response, as text.
std::string told(const auto& response, BareResponse::Step step) {
  const Reply reply = response.reply();
  return fmt::format("step {} closed {} lost {} why '{}' status {} bytes {} token '{}' wait {} {}",
                     static_cast<int>(step), static_cast<int>(response.closed()),
                     static_cast<int>(response.lost()), response.why(), reply.status,
                     reply.body_bytes, reply.token, reply.retry_after_s,
                     response.reusable() ? "reusable" : "");
}

// What is read of the input, which comes in pieces of this size; `read` takes one.
std::string read_in_pieces(auto& response, std::string_view input, std::size_t piece,
                           const Method& method, auto read) {
  auto step = BareResponse::Step::more;
  response.begin(method);
  in_pieces(input, piece, [&](std::string_view bytes) {
    step = read(bytes);
    return step != BareResponse::Step::broken;
  });
  return told(response, step);
}

std::string read_bare(std::string_view input, std::size_t piece, const Method& method) {
  BareResponse response;
  return read_in_pieces(response, input, piece, method,
                        [&](std::string_view bytes) { return response.received(bytes); });
}

std::string read_with_beast(std::string_view input, std::size_t piece, const Method& method) {
  static ResponseScanner response;
  return read_in_pieces(response, input, std::min(piece, response.space().size()), method,
                        [&](std::string_view bytes) {
                          std::ranges::copy(bytes, response.space().begin());
                          return response.received(bytes.size());
                        });
}

}  // namespace

// What all transports that own their sockets read alike: with Beast first (beast_sync,
// beast_async), and without (floor).
void response(std::string_view input) {
  const Method method = take_byte(input) % 4 == 1 ? Method::head : Method::get;
  const std::string whole = read_bare(input, input.size(), method);
  require(read_bare(input, 1, method) == whole, "cut into pieces, it is another response");
  require(read_with_beast(input, input.size(), method) == whole, "Beast reads it otherwise");
  require(read_with_beast(input, 1, method) == whole, "Beast reads its pieces otherwise");
}

}  // namespace fanout::fuzz
