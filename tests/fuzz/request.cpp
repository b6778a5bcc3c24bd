#include "local_server/request_scanner.h"

#include <boost/beast/http/error.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {
namespace {

// Reads requests as a connection of the local server does, and says which were whole.
std::string requests_in(std::string_view input, std::size_t piece) {
  std::string read;
  std::string held;
  std::optional<RequestScanner> scanner(std::in_place);
  in_pieces(input, piece, [&](std::string_view bytes) {
    held += bytes;
    while (!held.empty()) {
      boost::beast::error_code error;
      held.erase(0, scanner->put({held.data(), held.size()}, error));
      if (error == boost::beast::http::error::need_more) return true;
      if (error) return false;
      if (!scanner->is_done()) return true;
      read += std::string(to_string(scanner->method())) + " " +
              std::to_string(scanner->token().value_or(0)) + " " +
              std::to_string(scanner->body_bytes()) + (scanner->is_http11() ? " 1.1" : " 1.0") +
              (scanner->keep_alive() ? " kept\n" : " closed\n");
      scanner.emplace();
    }
    return true;
  });
  return read;
}

}  // namespace

void request(std::string_view input) {
  require(requests_in(input, input.size()) == requests_in(input, 1),
          "cut into pieces, they are other requests");
}

}  // namespace fanout::fuzz
