// The server of tests/contract/canned_http2.h, on libnghttp2.
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "tests/contract/canned_http2.h"
#include "tests/contract/canned_server.h"

namespace fanout::transport_test {
namespace {

using Do = CannedHttp2::Do;

// Takes the protocol that the script names.
int choose_protocol(ssl_st*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char*, unsigned, void* protocol) {
  const auto& name = *static_cast<const std::string*>(protocol);
  if (name.empty()) return SSL_TLSEXT_ERR_NOACK;
  if (name == "alert") return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = reinterpret_cast<const unsigned char*>(name.data());
  *size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct CannedHttp2::Deleter {
  void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
  void operator()(nghttp2_session_callbacks* callbacks) const {
    nghttp2_session_callbacks_del(callbacks);
  }
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

// One connection.
struct CannedHttp2::Peer {
  struct Answer {
    Do act = Do::answer;
    std::uint64_t left = 0;   // of the body
    std::uint64_t until = 0;  // what is left where it stops
  };

  CannedHttp2& server;
  const unsigned number;
  UniqueFd fd;
  TlsStream tls{};
  std::unique_ptr<nghttp2_session, Deleter> session{};
  std::map<std::int32_t, Seen> requests{};
  std::map<std::int32_t, Answer> answers{};
  std::string out{};
  bool ends = false;    // once all is sent
  bool breaks = false;  // sends DATA of no stream

  static Peer& self(void* user) { return *static_cast<Peer*>(user); }

  void open() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    const std::unique_ptr<nghttp2_session_callbacks, Deleter> owned(callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &on_field);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &on_data);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    const std::unique_ptr<nghttp2_option, Deleter> owned_option(option);
    nghttp2_option_set_max_send_header_block_length(option, std::size_t{1} << 20);
    nghttp2_session* made = nullptr;
    nghttp2_session_server_new2(&made, callbacks, this, option);
    session.reset(made);
    std::vector<nghttp2_settings_entry> settings{
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, server.script_.window}};
    if (server.script_.most_streams > 0) {
      settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, server.script_.most_streams});
    }
    nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  }

  static int on_field(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
    const std::string text(reinterpret_cast<const char*>(name), name_size);
    self(user).requests[frame->hd.stream_id].fields.push_back(
        text + ": " + std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t*,
                     std::size_t size, void* user) {
    self(user).requests[id].body_bytes += size;
    return 0;
  }

  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Peer& peer = self(user);
    const std::int32_t id = frame->hd.stream_id;
    const bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
      const std::lock_guard lock(peer.server.mutex_);
      peer.server.resets_.push_back(frame->rst_stream.error_code);
    } else if (frame->hd.type == NGHTTP2_HEADERS) {
      peer.note_peak(session);
      const bool early = peer.server.script_.acts.front() == Do::early;
      if (ended || early) peer.act(id);
    } else if (frame->hd.type == NGHTTP2_DATA && ended && !peer.answers.contains(id)) {
      peer.act(id);
    }
    return 0;
  }

  void note_peak(nghttp2_session* of) {
    unsigned open = 0;
    for (const auto& [id, request] : requests) {
      if (nghttp2_session_find_stream(of, id) != nullptr) ++open;
    }
    if (open > server.peak_) server.peak_ = open;
  }

  void act(std::int32_t id) {
    Seen& request = requests[id];
    request.connection = number;
    const Do what = server.next_act(request);
    Answer& answer = answers[id];
    answer = {what, server.script_.body_bytes, 0};
    if (what == Do::hang) return;
    if (what == Do::refuse || what == Do::reset) {
      const auto code = what == Do::refuse ? NGHTTP2_REFUSED_STREAM : NGHTTP2_INTERNAL_ERROR;
      nghttp2_submit_rst_stream(session.get(), NGHTTP2_FLAG_NONE, id, code);
    } else if (what == Do::go_away) {
      nghttp2_submit_goaway(session.get(), NGHTTP2_FLAG_NONE, std::max(id - 2, 0), NGHTTP2_NO_ERROR,
                            nullptr, 0);
    } else if (what == Do::bad_frame) {
      breaks = true;
    } else if (what == Do::close) {
      ends = true;
    } else {
      respond(id, answer);
    }
  }

  void respond(std::int32_t id, Answer& answer) {
    std::string token(kTokenDigits, '0');
    for (const std::string& text : requests[id].fields) {
      if (text.starts_with(":path: /r/") && answer.act != Do::wrong_token) token = text.substr(10);
    }
    const std::string length = std::to_string(answer.left);
    std::vector<nghttp2_nv> fields{field(":status", "200"), field("x-fanout-token", token),
                                   field("content-length", length)};
    if (answer.act == Do::no_status) fields.erase(fields.begin());
    // Which is little on its way: all but the first refer to that.
    const std::string big(2'900, 'b');
    for (int i = 0; answer.act == Do::big_head && i < 120; ++i) {
      fields.push_back(field("x-big", big));
    }
    if (answer.act == Do::interim) {
      const nghttp2_nv status = field(":status", "103");
      nghttp2_submit_headers(session.get(), NGHTTP2_FLAG_NONE, id, nullptr, &status, 1, nullptr);
    }
    const bool stops = answer.act == Do::reset_amid_body || answer.act == Do::close_amid_body ||
                       answer.act == Do::short_body;
    if (stops) answer.until = answer.left / 2;
    const bool is_head = requests[id].fields.front() == ":method: HEAD";
    nghttp2_data_provider body{.source = {.ptr = &answer}, .read_callback = &read_body};
    nghttp2_submit_response(session.get(), id, fields.data(), fields.size(),
                            is_head ? nullptr : &body);
    ends = ends || answer.act == Do::close_amid_body || answer.act == Do::reset_idle;
  }

  static ssize_t read_body(nghttp2_session* of, std::int32_t id, std::uint8_t* space,
                           std::size_t most, std::uint32_t* flags, nghttp2_data_source* source,
                           void*) {
    auto& answer = *static_cast<Answer*>(source->ptr);
    const std::size_t size = std::min<std::uint64_t>(most, answer.left - answer.until);
    std::fill_n(space, size, 'x');
    answer.left -= size;
    if (answer.left > answer.until) return static_cast<ssize_t>(size);
    if (size == 0 && answer.act == Do::reset_amid_body)
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (size == 0 && answer.act == Do::close_amid_body) return NGHTTP2_ERR_DEFERRED;
    const bool goes_on = answer.act == Do::reset_amid_body || answer.act == Do::close_amid_body;
    if (!goes_on) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (answer.act == Do::trailer) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const nghttp2_nv trailer = field("x-fanout-token", "of a trailer");
      nghttp2_submit_trailer(of, id, &trailer, 1);
    }
    return static_cast<ssize_t>(size);
  }

  void flush() {
    while (true) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session.get(), &bytes);
      if (size <= 0) return;
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    }
  }

  bool say() {
    while (!out.empty()) {
      const ssize_t sent =
          tls ? tls.write(out) : ::send(fd.get(), out.data(), out.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      out.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
  }

  void serve() {
    if (tls && tls.handshake() != TlsStream::Handshake::done) return;
    open();
    std::array<char, 16 * 1024> space{};
    while (!ends) {
      const ssize_t bytes = tls ? tls.read(space) : ::recv(fd.get(), space.data(), space.size(), 0);
      if (bytes <= 0) return;
      if (!server.script_.greeting.empty()) {
        out = server.script_.greeting;
        ends = true;
      } else if (nghttp2_session_mem_recv(session.get(),
                                          reinterpret_cast<const std::uint8_t*>(space.data()),
                                          static_cast<std::size_t>(bytes)) < 0) {
        return;
      }
      if (server.script_.greeting.empty()) flush();
      if (breaks) out.append("\0\0\1\0\0\0\0\0\0x", 10);
      if (!say()) return;
    }
    tls.shut_down();
  }
};

CannedHttp2::CannedHttp2(Script script) : script_(std::move(script)) {
  if (script_.tls) {
    identity_.emplace(make_tls_identity({"127.0.0.1"}));
    SSL_CTX_set_alpn_select_cb(identity_->context.get(), &choose_protocol,
                               const_cast<std::string*>(&script_.protocol));
  }
  std::tie(listener_, port_) = listen_on_loopback(64);
  thread_ = std::jthread([this] { serve(); });
}

CannedHttp2::~CannedHttp2() { ::shutdown(listener_.get(), SHUT_RDWR); }

void CannedHttp2::serve() {
  while (true) {
    UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!fd) return;
    const unsigned number = connections_++;
    threads_.emplace_back([this, number, fd = std::move(fd)]() mutable {
      Peer peer{.server = *this, .number = number, .fd = std::move(fd)};
      if (identity_) peer.tls = TlsStream(identity_->context.get(), peer.fd.get());
      peer.serve();
    });
  }
}

CannedHttp2::Do CannedHttp2::next_act(const Seen& request) {
  const std::lock_guard lock(mutex_);
  seen_.push_back(request);
  return script_.acts[std::min(next_++, script_.acts.size() - 1)];
}

ClientConfig CannedHttp2::config() const {
  ClientConfig config = config_for({{{"127.0.0.1"}, port_, 200, script_.body_bytes, script_.tls}});
  if (identity_) config.certificates = identity_->certificate;
  config.http = HttpVersion::http2;
  return config;
}

std::vector<CannedHttp2::Seen> CannedHttp2::seen() {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::vector<std::uint32_t> CannedHttp2::resets() {
  const std::lock_guard lock(mutex_);
  return resets_;
}

}  // namespace fanout::transport_test
