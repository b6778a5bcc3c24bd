#include "transports/nghttp2/http2_client_session.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "transports/failure_sentences.h"
#include "transports/http2_windows.h"

namespace fanout {
namespace {

constexpr std::size_t kFrameHead = 9;
constexpr std::size_t kMostRequestHead = std::size_t{1024} * 1024;

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// Why what begins with this byte is not HTTP/2, whose first frame is one of SETTINGS; empty if it
// may be.
std::string_view not_http2(char first) {
  constexpr char kAlert = 0x15;
  if (first == 0) return {};
  return first == kAlert ? sentence::kSpeaksTls : sentence::kNoHttp2;
}

// Why libnghttp2 ends a connection, as it says to the server.
std::string bad_frames(const nghttp2_goaway& goaway) {
  const std::string_view reason = text_of(goaway.opaque_data, goaway.opaque_data_len);
  return std::string(sentence::kBadFrames) + "(" + nghttp2_http2_strerror(goaway.error_code) +
         (reason.empty() ? "" : ": " + std::string(reason)) + ")";
}

}  // namespace

// A stream that was given up is unknown to its user data, whose stream may be another by now.
struct Http2ClientSession::Callbacks {
  static Http2ClientSession& self(void* user) { return *static_cast<Http2ClientSession*>(user); }

  static int begin_head(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Exchange* const stream = self(user).in_head_ = self(user).stream(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    stream->answer.any_received = true;
    stream->times.first_byte();
    return 0;
  }

  static int field(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name,
                   std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                   std::uint8_t, void* user) {
    Http2Exchange* const stream = self(user).in_head_;
    if (stream == nullptr) return 0;
    const bool taken = stream->answer.field(text_of(name, name_size), text_of(value, value_size));
    return taken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
    if (Http2Exchange* const stream = self(user).stream(id)) {
      stream->answer.received(text_of(bytes, size));
    }
    return 0;
  }

  static int frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2ClientSession& own = self(user);
    if (frame->hd.type == NGHTTP2_SETTINGS) {
      own.most_streams_ =
          nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
      return 0;
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      own.going_away_ = true;
      const std::uint32_t code = frame->goaway.error_code;
      if (code != NGHTTP2_NO_ERROR) {
        own.why_ = std::string(sentence::kGoAway) + nghttp2_http2_strerror(code);
      }
      return 0;
    }
    Http2Exchange* const stream =
        frame->hd.stream_id > 0 ? own.stream(frame->hd.stream_id) : nullptr;
    if (stream == nullptr) return 0;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      stream->end = Http2Exchange::End::reset;
    } else if (frame->hd.type == NGHTTP2_HEADERS) {
      stream->answer.head_ended();
    }
    const bool is_content = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (is_content && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      stream->answer.complete = true;
      if (nghttp2_session_get_stream_local_close(session, stream->id) == 0) {
        // The answer does not wait for the rest of the request.
        nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_NO_ERROR);
        own.end(*stream, NGHTTP2_NO_ERROR);
      }
    }
    return 0;
  }

  static int closed(nghttp2_session*, std::int32_t id, std::uint32_t error_code, void* user) {
    if (Http2Exchange* const stream = self(user).stream(id)) self(user).end(*stream, error_code);
    return 0;
  }

  static int sent(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2ClientSession& own = self(user);
    if (frame->hd.type == NGHTTP2_HEADERS) {
      if (Http2Exchange* const stream = own.stream(frame->hd.stream_id)) stream->sent = true;
    } else if (frame->hd.type == NGHTTP2_GOAWAY && own.why_.empty()) {
      own.why_ = bad_frames(frame->goaway);
    }
    return 0;
  }

  static ssize_t body(nghttp2_session*, std::int32_t id, std::uint8_t*, std::size_t most,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    const Http2Exchange* const stream = self(user).stream(id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::size_t left = stream->body.size() - stream->body_sent;
    *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (left <= most) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(std::min(left, most));
  }

  static int send_body(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head,
                       std::size_t size, nghttp2_data_source*, void* user) {
    Http2ClientSession& own = self(user);
    Http2Exchange* const stream = own.stream(frame->hd.stream_id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (own.out_->size() >= own.about_) return NGHTTP2_ERR_WOULDBLOCK;
    own.out_->append(text_of(head, kFrameHead));
    own.out_->append(stream->body.substr(stream->body_sent, size));
    stream->body_sent += size;
    return 0;
  }

  static nghttp2_session_callbacks* all() {
    static nghttp2_session_callbacks* const callbacks = [] {
      nghttp2_session_callbacks* made = nullptr;
      if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
      nghttp2_session_callbacks_set_on_begin_headers_callback(made, &begin_head);
      nghttp2_session_callbacks_set_on_header_callback(made, &field);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, &data);
      nghttp2_session_callbacks_set_on_frame_recv_callback(made, &frame);
      nghttp2_session_callbacks_set_on_stream_close_callback(made, &closed);
      nghttp2_session_callbacks_set_on_frame_send_callback(made, &sent);
      nghttp2_session_callbacks_set_send_data_callback(made, &send_body);
      return made;
    }();
    return callbacks;
  }
};

std::string nghttp2_version_text() { return nghttp2_version(0)->version_str; }

Http2ClientSession::Http2ClientSession(std::vector<Http2Exchange*>& ended,
                                       std::uint32_t& most_streams)
    : ended_(ended), most_streams_(most_streams) {
  nghttp2_option* option = nullptr;
  if (nghttp2_option_new(&option) != 0) throw std::bad_alloc();
  nghttp2_option_set_max_send_header_block_length(option, kMostRequestHead);
  if (most_streams > 0) nghttp2_option_set_peer_max_concurrent_streams(option, most_streams);
  nghttp2_session* made = nullptr;
  const int failure = nghttp2_session_client_new2(&made, Callbacks::all(), this, option);
  nghttp2_option_del(option);
  if (failure != 0) throw std::bad_alloc();
  session_.reset(made);
  const std::array<nghttp2_settings_entry, 2> settings{
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kHttp2StreamWindow}}};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, kHttp2ConnectionWindow);
}

Http2Exchange* Http2ClientSession::stream(std::int32_t id) const {
  auto* const found =
      static_cast<Http2Exchange*>(nghttp2_session_get_stream_user_data(session_.get(), id));
  return found != nullptr && found->session == this && found->id == id ? found : nullptr;
}

bool Http2ClientSession::submit(Http2Exchange& stream, std::span<const nghttp2_nv> fields) {
  nghttp2_data_provider body{.source = {.ptr = nullptr}, .read_callback = &Callbacks::body};
  stream.body_sent = 0;
  stream.sent = false;
  stream.session = this;
  stream.id = nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                     stream.body.empty() ? nullptr : &body, &stream);
  return stream.id > 0;
}

void Http2ClientSession::cancel(Http2Exchange& stream) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_CANCEL);
  if (in_head_ == &stream) in_head_ = nullptr;
  stream.session = nullptr;
}

void Http2ClientSession::end(Http2Exchange& stream, std::uint32_t error_code) {
  using End = Http2Exchange::End;
  stream.session = nullptr;
  stream.error_code = error_code;
  if (in_head_ == &stream) in_head_ = nullptr;
  if (stream.answer.complete) {
    stream.end = End::complete;
    any_answered_ = true;
  } else if (error_code == NGHTTP2_REFUSED_STREAM && !stream.answer.any_received) {
    stream.end = End::unprocessed;
    stream.left_first = !going_away_;
    any_left_ = true;
  } else if (stream.end != End::reset) {
    stream.end = End::malformed;
  }
  ended_.push_back(&stream);
}

bool Http2ClientSession::received(std::string_view bytes) {
  if (!begun_) why_ = not_http2(bytes.front());
  begun_ = true;
  if (!why_.empty() && !going_away_) return false;
  const std::size_t ended_before = ended_.size();
  const ssize_t taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (std::exchange(any_left_, false)) put_left_ones_first(ended_before);
  if (taken >= 0) return true;
  why_ = std::string(sentence::kBadFrames) + "(" + nghttp2_strerror(static_cast<int>(taken)) + ")";
  return false;
}

// In their order, and before others begin requests: so the first of them is the first on another
// connection, and only the server's dislike of it can leave it there again.
void Http2ClientSession::put_left_ones_first(std::size_t ended_before) {
  const std::span<Http2Exchange*> all = std::span(ended_).subspan(ended_before);
  const auto others = std::stable_partition(all.begin(), all.end(), [](const Http2Exchange* one) {
    return one->end == Http2Exchange::End::unprocessed;
  });
  const auto left = all.first(static_cast<std::size_t>(others - all.begin()));
  std::ranges::sort(left, {}, &Http2Exchange::id);
  if (going_away_ && !left.empty()) left.front()->left_first = true;
}

void Http2ClientSession::gather(std::string& out, std::size_t about) {
  out_ = &out;
  about_ = about;
  while (out.size() < about) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size <= 0) break;
    out.append(text_of(bytes, static_cast<std::size_t>(size)));
  }
  out_ = nullptr;
}

}  // namespace fanout
