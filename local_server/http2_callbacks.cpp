// What libnghttp2 calls while it takes in bytes and makes some.
#include <new>

#include "local_server/asio_core.h"
#include "local_server/http2_session.h"

namespace fanout {

struct Http2Session::Callbacks {
  static Http2Session& session(void* self) { return *static_cast<Http2Session*>(self); }
  static std::string_view text(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
  }

  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* self) {
    const bool headers = head->type == NGHTTP2_HEADERS;
    if (!headers && head->type != NGHTTP2_CONTINUATION) return 0;
    constexpr std::size_t kPriority = 5;
    const bool priority = headers && (head->flags & NGHTTP2_FLAG_PRIORITY) != 0;
    const std::size_t other = priority ? kPriority : 0;
    if (head->length >= other) {
      session(self).core_.ledger.http2().header_bytes_in += head->length - other;
    }
    return 0;
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
      session(self).begin_stream(frame->hd.stream_id);
    }
    return 0;
  }

  static int field(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                   std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                   std::uint8_t /*flags*/, void* self) {
    if (Http2Stream* stream = session(self).find(frame->hd.stream_id)) {
      session(self).take_field(*stream, text(name, name_size), text(value, value_size));
    }
    return 0;
  }

  // Left alone, libnghttp2 would leave out a field with characters that it must not have.
  static int invalid_field(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*, std::size_t,
                           const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int data(nghttp2_session*, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t*,
                  std::size_t size, void* self) {
    if (Http2Stream* stream = session(self).find(id)) stream->body_bytes += size;
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    Http2Session& to = session(self);
    Http2Counters& counters = to.core_.ledger.http2();
    if (frame->hd.type == NGHTTP2_RST_STREAM) ++counters.resets_received;
    const bool headers = frame->hd.type == NGHTTP2_HEADERS;
    if (headers) counters.header_bytes_in -= frame->headers.padlen;
    if (!headers && frame->hd.type != NGHTTP2_DATA) return 0;
    Http2Stream* stream = to.find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      to.arrived(*stream);
    } else if (headers) {
      to.take_header(*stream);
    }
    return 0;
  }

  static int send_data(nghttp2_session*, nghttp2_frame* /*frame*/, const std::uint8_t* frame_header,
                       std::size_t /*size*/, nghttp2_data_source* source, void* self) {
    constexpr std::size_t kFrameHeader = 9;
    const auto& stream = *static_cast<const Http2Stream*>(source->ptr);
    const bool written = session(self).write_data(stream, text(frame_header, kFrameHeader));
    return written ? 0 : NGHTTP2_ERR_WOULDBLOCK;
  }

  static int sent(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    session(self).frame_sent(*frame);
    return 0;
  }

  static int closed(nghttp2_session*, std::int32_t id, std::uint32_t /*code*/, void* self) {
    if (Http2Stream* stream = session(self).find(id)) session(self).closed(*stream);
    return 0;
  }
};

const nghttp2_session_callbacks* Http2Session::callbacks() {
  struct Deleter {
    void operator()(nghttp2_session_callbacks* made) const { nghttp2_session_callbacks_del(made); }
  };
  static const auto all = [] {
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, &Callbacks::begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, &Callbacks::begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, &Callbacks::field);
    nghttp2_session_callbacks_set_on_invalid_header_callback(made, &Callbacks::invalid_field);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, &Callbacks::data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, &Callbacks::frame);
    nghttp2_session_callbacks_set_send_data_callback(made, &Callbacks::send_data);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, &Callbacks::sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, &Callbacks::closed);
    return std::unique_ptr<nghttp2_session_callbacks, Deleter>(made);
  }();
  return all.get();
}

}  // namespace fanout
