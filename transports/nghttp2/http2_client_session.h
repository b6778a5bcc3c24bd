// One connection of HTTP/2 without its socket, on libnghttp2: requests and received bytes go in,
// bytes to send and ended streams come out.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transports/nghttp2/http2_exchange.h"

namespace fanout {

// The version of libnghttp2 as it runs.
std::string nghttp2_version_text();

class Http2ClientSession {
 public:
  // Adds streams that have ended, in this order, to `ended`. `most_streams` is how many the server
  // is taken to allow at once until it says so, and what it says is kept there; 0: not known. Both
  // are borrowed.
  Http2ClientSession(std::vector<Http2Exchange*>& ended, std::uint32_t& most_streams);
  Http2ClientSession(const Http2ClientSession&) = delete;
  Http2ClientSession& operator=(const Http2ClientSession&) = delete;

  // Begins a request with these fields and the stream's body; its texts are borrowed until it ends.
  // False if the connection can take no more.
  bool submit(Http2Exchange& stream, std::span<const nghttp2_nv> fields);
  // Gives a stream up: it never ends, and its server is told.
  void cancel(Http2Exchange& stream);
  // Takes what was received. False if the connection can go on no more: why() says why.
  bool received(std::string_view bytes);
  // Appends bytes to send to `out`, about this many; nothing is left once none are appended.
  void gather(std::string& out, std::size_t about);
  // Whether nothing that comes matters any more: the server broke the rules, and what there is to
  // say of it is gathered, or it wants no more requests and has answered all.
  [[nodiscard]] bool over() const { return nghttp2_session_want_read(session_.get()) == 0; }
  // Whether the server wants no more requests.
  [[nodiscard]] bool going_away() const { return going_away_; }
  // Whether a request was answered.
  [[nodiscard]] bool any_answered() const { return any_answered_; }
  // What the server, or libnghttp2, says of the end of the connection; empty: nothing.
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  struct Callbacks;  // of libnghttp2
  friend struct Callbacks;
  struct Deleter {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  };

  [[nodiscard]] Http2Exchange* stream(std::int32_t id) const;
  void end(Http2Exchange& stream, std::uint32_t error_code);
  void put_left_ones_first(std::size_t ended_before);

  std::vector<Http2Exchange*>& ended_;
  std::uint32_t& most_streams_;
  std::unique_ptr<nghttp2_session, Deleter> session_;
  Http2Exchange* in_head_ = nullptr;  // whose head is being received; null: of none that matters
  std::string* out_ = nullptr;        // while gathering
  std::size_t about_ = 0;
  bool begun_ = false;  // whether anything was received
  bool going_away_ = false;
  bool any_answered_ = false;
  bool any_left_ = false;  // unprocessed, by what is being received
  std::string why_;
};

}  // namespace fanout
