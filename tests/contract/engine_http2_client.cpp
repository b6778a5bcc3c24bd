#include "tests/contract/http2_client.h"

#include <algorithm>

namespace fanout {

struct Http2Client::Callbacks {
  static Http2Client& client(void* self) { return *static_cast<Http2Client*>(self); }

  static int field(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                   std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                   std::uint8_t, void* self) {
    client(self).replies_[frame->hd.stream_id].fields.emplace(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                  std::size_t size, void* self) {
    client(self).replies_[stream].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type == NGHTTP2_DATA) client(self).data_frames_.push_back(frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      client(self).last_stream_ = frame->goaway.last_stream_id;
    }
    return 0;
  }

  static int closed(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* self) {
    client(self).replies_[stream].closed = true;
    client(self).replies_[stream].code = code;
    return 0;
  }

  static ssize_t body(nghttp2_session*, std::int32_t stream, std::uint8_t* to, std::size_t size,
                      std::uint32_t* flags, nghttp2_data_source*, void* self) {
    std::size_t& left = client(self).bodies_[stream];
    const std::size_t part = std::min(size, left);
    std::fill_n(to, part, 'x');
    left -= part;
    if (left == 0) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(part);
  }
};

Http2Client::Http2Client(const Endpoint& endpoint) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
  EXPECT_EQ(::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::field);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::closed);
  nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
}

std::int32_t Http2Client::ask(std::string_view path, std::string_view method, std::size_t body) {
  const auto field = [](std::string_view name, std::string_view value) {
    const auto bytes = [](std::string_view text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return nghttp2_nv{bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  };
  const std::array<nghttp2_nv, 4> fields{field(":method", method), field(":scheme", "http"),
                                         field(":authority", "test"), field(":path", path)};
  nghttp2_data_provider provider{};
  provider.read_callback = &Callbacks::body;
  const std::int32_t stream = nghttp2_submit_request(
      session_, nullptr, fields.data(), fields.size(), body > 0 ? &provider : nullptr, nullptr);
  bodies_[stream] = body;
  replies_[stream];
  return stream;
}

const Http2Reply& Http2Client::reply(std::int32_t stream) {
  while (!replies_[stream].closed && more()) {
  }
  return replies_[stream];
}

void Http2Client::cancel(std::int32_t stream) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  flush();
}

void Http2Client::flush() {
  const std::uint8_t* bytes = nullptr;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) > 0;) {
    while (size > 0) {
      const ssize_t sent = ::send(fd_.get(), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes += sent;
      size -= sent;
    }
  }
}

void Http2Client::drain() {
  while (more()) {
  }
}

bool Http2Client::more() {
  flush();
  pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  std::array<std::uint8_t, 65536> buffer;
  const ssize_t size =
      ::poll(&wait, 1, kHangLimitMs) == 1 ? ::recv(fd_.get(), buffer.data(), buffer.size(), 0) : -1;
  if (size < 0) error_ = errno;
  if (size <= 0) return false;
  EXPECT_EQ(nghttp2_session_mem_recv(session_, buffer.data(), static_cast<std::size_t>(size)),
            size);
  flush();
  return true;
}

}  // namespace fanout
