#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"
#include "transports/nghttp2/http2_client_session.h"

namespace fanout::fuzz {
namespace {

// An empty SETTINGS frame, which every server begins with.
constexpr std::string_view kServerGreeting("\0\0\0\4\0\0\0\0\0", 9);
constexpr std::size_t kGathered = 65536;

class Client {
 public:
  explicit Client(bool gives_up) {
    fields_.assign({.method = Method::post, .fields = {}, .body = kBody}, "http", "a");
    fields_.set_path("/");
    for (Http2Exchange& stream : streams_) {
      stream.answer.begin(true);
      stream.body = kBody;
      require(session_.submit(stream, fields_.list()), "no stream can be opened");
    }
    gather();
    if (gives_up) session_.cancel(streams_[1]);
  }

  bool receive(std::string_view bytes) { return goes_on_ = session_.received(bytes); }

  // What has become of all; nothing if the connection can go on no more.
  std::optional<std::string> told() {
    gather();
    std::string text = fmt::format("{} {}\n", session_.going_away(), most_);
    for (const Http2Exchange& stream : streams_) {
      const auto times = std::ranges::count(ended_, &stream);
      require(times == (stream.end == Http2Exchange::End::none ? 0 : 1) || times == 1,
              "a stream ends twice");
      text += fmt::format("{} {} {} {} {} {}\n", times, static_cast<int>(stream.end),
                          stream.error_code, stream.answer.status, stream.answer.complete,
                          stream.answer.complete ? *stream.answer.body : "");
      require(stream.answer.body->size() == stream.answer.body_bytes, "a body is counted wrongly");
    }
    return goes_on_ && !session_.over() ? std::optional(text) : std::nullopt;
  }

 private:
  static constexpr std::string_view kBody = "hello";

  void gather() {
    sent_.clear();
    session_.gather(sent_, kGathered);
  }

  std::vector<Http2Exchange*> ended_;
  std::uint32_t most_ = 0;
  std::array<Http2Exchange, 3> streams_;
  Http2Fields fields_;
  std::string sent_;
  bool goes_on_ = true;
  Http2ClientSession session_{ended_, most_};
};

std::optional<std::string> converse_as_client(std::string_view input, std::size_t piece,
                                              bool gives_up) {
  Client client(gives_up);
  in_pieces(input, piece, [&](std::string_view bytes) { return client.receive(bytes); });
  return client.told();
}

}  // namespace

// The first byte chooses whether a request is given up, and whether the server greets.
void http2_client(std::string_view input) {
  const unsigned choice = take_byte(input);
  std::string said(choice < 128 ? kServerGreeting : "");
  said += input;
  const auto whole = converse_as_client(said, said.size(), choice % 2 == 1);
  const auto pieces = converse_as_client(said, 1, choice % 2 == 1);
  // libnghttp2 counts the pieces in which CONTINUATION comes, and takes many for an attack.
  require(!whole || !pieces || *whole == *pieces, "cut into pieces, it is understood otherwise");
}

}  // namespace fanout::fuzz
