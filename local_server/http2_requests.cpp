// What a session makes of the requests that come, until their answers are due.
#include <algorithm>

#include "local_server/asio_core.h"
#include "local_server/http2_session.h"

namespace fanout {
namespace {

constexpr std::uint64_t kMostFieldBytes = 65536;  // of one request, as RFC 9113 counts them
constexpr std::uint64_t kFieldOverhead = 32;      // of each field: RFC 9113, 10.5.1

}  // namespace

// What comes after the last stream to be answered is ignored: it never has a Http2Stream.
void Http2Session::begin_stream(std::int32_t id) {
  if (id > last_stream_) return;
  if (free_.empty()) {
    free_.push_back(streams_.emplace_back(std::make_unique<Http2Stream>()).get());
  }
  Http2Stream& stream = *free_.back();
  free_.pop_back();
  stream = {};
  stream.id = id;
  stream.before = newest_;
  stream.place = open_.size();
  open_.push_back(&stream);
  newest_ = id;
  nghttp2_session_set_stream_user_data(session_, id, &stream);
  Http2Counters& counters = core_.ledger.http2();
  ++counters.streams;
  counters.peak_streams = std::max<std::uint64_t>(counters.peak_streams, open_.size());
  if (++begun_ != host_->behaviour.close_after) return;
  refuse_after(id);
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR, nullptr, 0);
}

void Http2Session::refuse_after(std::int32_t id) { last_stream_ = std::min(last_stream_, id); }

// A request with too many fields is refused as soon as that shows; what follows is decoded by
// libnghttp2 all the same, for the table that all requests share.
void Http2Session::take_field(Http2Stream& stream, std::string_view name, std::string_view value) {
  stream.header_bytes += name.size() + value.size() + kFieldOverhead;
  if (stream.refused) return;
  if (stream.header_bytes > kMostFieldBytes) {
    stream.refused = true;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_ENHANCE_YOUR_CALM);
  } else if (name == ":path") {
    stream.request.token = token_of_path(value);
  } else if (name == ":method") {
    stream.method = counted_method(value);
    stream.is_head = stream.method == "HEAD";
  } else if (name == "expect") {
    stream.expects_continue = value == "100-continue";
  }
}

// Its client may hold the body back until the server says "continue" (RFC 9110, 10.1.1).
void Http2Session::take_header(Http2Stream& stream) {
  if (!stream.expects_continue || stream.refused) return;
  stream.expects_continue = false;
  static constexpr std::string_view kStatus = ":status";
  static constexpr std::string_view kContinue = "100";
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  const nghttp2_nv field{bytes(kStatus), bytes(kContinue), kStatus.size(), kContinue.size(),
                         NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, stream.id, nullptr, &field, 1, nullptr);
}

void Http2Session::arrived(Http2Stream& stream) {
  if (stream.refused || stream.id > last_stream_) return;
  HeldRequest& request = stream.request;
  request.arrival_ns = received_ns_;
  if (first_ns_ == 0) first_ns_ = received_ns_;
  request.connecting_ns = connecting_ns(*host_, received_ns_ - first_ns_);
  arrive(core_, *host_, request, stream.method, stream.body_bytes);
  if (!admit(core_, *host_, request, *this, ticket_of(stream))) {
    stream.state = Http2Stream::State::waiting;
    return;
  }
  if (request.meets(FaultKind::goaway)) refuse_after(stream.before);
  if (request.fate.hold_ns == 0 && !request.meets(FaultKind::hang)) return answer(stream);
  hold(stream);
}

// It is answered from the loop, never from here: who makes room may be in the middle of its own
// answer.
void Http2Session::take_on(std::uint64_t ticket) {
  Http2Stream& stream = *ticketed(ticket);
  fanout::take_on(core_, *host_, stream.request);
  if (stream.request.meets(FaultKind::goaway)) refuse_after(stream.before);
  hold(stream);
}

// Holds the request until its answer is due.
void Http2Session::hold(Http2Stream& stream) {
  stream.state = Http2Stream::State::holding;
  const HeldRequest& request = stream.request;
  if (request.meets(FaultKind::hang)) return;
  core_.holds.add(request.arrival_ns + request.fate.hold_ns, *this, ticket_of(stream));
}

// Its client reset it; or a GOAWAY that leaves told the client that it will not be answered; or
// the answer has been sent.
void Http2Session::closed(Http2Stream& stream) {
  if (stream.is_held() && going_away_ && stream.request.meets(FaultKind::goaway)) {
    stream.request.leaving_ns = filled_ns_;
    leave(stream);
  }
  // Later streams are ignored already: their client has to know, although this one was given up.
  if (stream.is_held() && !going_away_ && stream.request.meets(FaultKind::goaway)) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_stream_, NGHTTP2_NO_ERROR, nullptr, 0);
  }
  if (stream.is_held()) {
    give_up(core_, *host_, stream.request, stream.state == Http2Stream::State::waiting,
            going_away_ ? Loss::collateral : Loss::client_left);
  }
  release(stream);
}

void Http2Session::release(Http2Stream& stream) {
  if (stream.has_data) --with_data_;
  stream.state = Http2Stream::State::left;
  open_.back()->place = stream.place;
  open_[stream.place] = open_.back();
  open_.pop_back();
  free_.push_back(&stream);
}

}  // namespace fanout
