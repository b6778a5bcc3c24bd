// How a session answers a request whose time has come, or acts out its fault.
#include <algorithm>
#include <array>
#include <cassert>

#include "base/clock.h"
#include "local_server/asio_core.h"
#include "local_server/http2_session.h"

namespace fanout {
namespace {

constexpr std::string_view kTokenName = "x-fanout-token";
constexpr std::size_t kFrameSize = 16384;  // the most DATA that libnghttp2 puts into one

// Neither is copied: both outlive the frame.
nghttp2_nv field_of(std::string_view name, std::string_view value, std::uint8_t flags = 0) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(),
          static_cast<std::uint8_t>(NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE |
                                    flags)};
}

bool ends_amid(const HeldRequest& request) {
  return request.meets(FaultKind::reset_amid_body) || request.meets(FaultKind::truncate);
}

}  // namespace

void Http2Session::answer(Http2Stream& stream) {
  HeldRequest& request = stream.request;
  const bool sent_away = request.meets(FaultKind::goaway);
  if (stream.id > last_stream_ && !sent_away) return;  // the GOAWAY for another says so
  stream.state = Http2Stream::State::answering;
  if (request.meets(FaultKind::connection_loss)) {
    request.leaving_ns = now_ns();
    finish(core_, *host_, request);
    stream.state = Http2Stream::State::left;
    lost_ = true;
    return;
  }
  if (sent_away) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_stream_, NGHTTP2_NO_ERROR, nullptr, 0);
    return;
  }
  const bool bodyless = stream.is_head || request.fate.body.empty();
  // Without a body there is no middle of it.
  if (request.meets(FaultKind::reset) || (ends_amid(request) && bodyless)) {
    request.leaving_ns = now_ns();
    return submit_reset(stream);
  }
  if (!bodyless) stream.unsent = request.fate.body;
  submit_answer(stream);
}

void Http2Session::submit_reset(Http2Stream& stream) {
  stream.resetting = true;
  const bool cancelled = stream.request.meets(FaultKind::truncate);
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id,
                            cancelled ? NGHTTP2_CANCEL : NGHTTP2_INTERNAL_ERROR);
}

void Http2Session::submit_answer(Http2Stream& stream) {
  const HeldRequest& request = stream.request;
  std::array<nghttp2_nv, 5> fields;
  std::size_t count = 0;
  assert(request.fate.head->fields.size() < fields.size());
  for (const AnswerField& field : request.fate.head->fields) {
    fields[count++] = field_of(field.name, field.value);
  }
  if (request.token) {
    stream.token_text = token_text(*request.token);
    // Not in the table that compresses what comes again: it does not.
    fields[count++] = field_of(kTokenName, {stream.token_text.data(), stream.token_text.size()},
                               NGHTTP2_NV_FLAG_NO_INDEX);
  }
  const bool has_body = !stream.unsent.empty();
  if (has_body) begin_body(stream);
  nghttp2_data_provider provider{};
  provider.source.ptr = &stream;
  provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t most,
                              std::uint32_t* flags, nghttp2_data_source* source, void* self) {
    return static_cast<Http2Session*>(self)->read_body(*static_cast<Http2Stream*>(source->ptr),
                                                       most, *flags);
  };
  nghttp2_submit_response(session_, stream.id, fields.data(), count,
                          has_body ? &provider : nullptr);
}

void Http2Session::begin_body(Http2Stream& stream) {
  HeldRequest& request = stream.request;
  stream.has_data = true;
  ++with_data_;
  if (ends_amid(request)) {
    stream.cut_short = true;
    stream.unsent = stream.unsent.substr(0, stream.unsent.size() / 2);
  }
  stream.due = stream.unsent.size();
  if (request.meets(FaultKind::drip)) {
    request.fate.drip_ns = drip_time(*request.fate.fault, stream.due).count();
    stream.due = drip_piece(stream.due);
  }
  if (stream.unsent.size() <= kFrameSize) return;
  // One body after the other is what RFC 9218 has in mind; most servers send them side by side.
  const nghttp2_extpri by_turns{NGHTTP2_EXTPRI_DEFAULT_URGENCY, 1};
  nghttp2_session_change_extpri_stream_priority(session_, stream.id, &by_turns, 1);
}

// Says how much of the body the next frame carries; write_data() copies it.
ssize_t Http2Session::read_body(Http2Stream& stream, std::size_t most, std::uint32_t& flags) {
  stream.stalled = false;
  if (stream.due == 0 && !stream.unsent.empty()) {
    drip(stream);
    return NGHTTP2_ERR_DEFERRED;
  }
  if (stream.request.meets(FaultKind::drip)) stream.request.leaving_ns = filled_ns_;
  stream.piece = stream.unsent.substr(0, std::min<std::size_t>(most, stream.due));
  stream.unsent.remove_prefix(stream.piece.size());
  stream.due -= stream.piece.size();
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (stream.unsent.empty()) {
    stream.has_data = false;
    --with_data_;
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream.cut_short) flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  }
  return static_cast<ssize_t>(stream.piece.size());
}

// Lets the next piece of the body leave later.
void Http2Session::drip(Http2Stream& stream) {
  const Fate& fate = stream.request.fate;
  stream.state = Http2Stream::State::dripping;
  stream.due = std::min<std::uint64_t>(drip_piece(fate.body.size()), stream.unsent.size());
  const auto gaps = static_cast<std::int64_t>(drip_pieces(fate.body.size()) - 1);
  core_.holds.add(now_ns() + fate.drip_ns / gaps, *this, ticket_of(stream));
}

// libnghttp2 says so when it hands the frame over, not when its bytes have left; of DATA, after
// write_data(), and of others, before their bytes are among the output.
void Http2Session::frame_sent(const nghttp2_frame& frame) {
  constexpr std::uint64_t kFrameHeader = 9;
  frame_end_ = made_;
  if (frame.hd.type != NGHTTP2_DATA) frame_end_ += kFrameHeader + frame.hd.length;
  Http2Counters& counters = core_.ledger.http2();
  if (frame.hd.type == NGHTTP2_GOAWAY) {
    ++counters.goaways;
    going_away_ = true;
    return;
  }
  if (frame.hd.type == NGHTTP2_HEADERS) counters.header_bytes_out += frame.hd.length;
  if (frame.hd.type == NGHTTP2_RST_STREAM) ++counters.resets_sent;
  Http2Stream* stream = frame.hd.stream_id == 0 ? nullptr : find(frame.hd.stream_id);
  if (stream == nullptr || stream->state != Http2Stream::State::answering) return;
  if (frame.hd.type == NGHTTP2_RST_STREAM) {
    if (stream->resetting) leave(*stream);
    return;
  }
  if (frame.hd.type == NGHTTP2_HEADERS) stream->request.leaving_ns = filled_ns_;
  const bool last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (last) return leave(*stream);
  if (frame.hd.type == NGHTTP2_DATA && stream->cut_short && stream->unsent.empty()) {
    submit_reset(*stream);
  }
}

// The answer is whole once the bytes up to the end of this frame have been sent.
void Http2Session::leave(Http2Stream& stream) {
  stream.state = Http2Stream::State::left;
  leaving_.push_back({frame_end_, stream.request});
}

}  // namespace fanout
