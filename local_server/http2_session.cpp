#include "local_server/http2_session.h"

#include <array>
#include <new>
#include <utility>

#include "base/clock.h"
#include "local_server/asio_core.h"

namespace fanout {
namespace {

constexpr std::size_t kMostOutput = 65536;   // gathered before it is sent, and one frame more
constexpr std::size_t kMostQueued = 10'000;  // frames
constexpr std::uint32_t kMostHeaderBytes = 65536;

// The limit of streams that a client may reset in a second is younger than some releases that we
// build with, and was taken over into some of them.
template <class Option>
void allow_resets(Option* option) {
  if constexpr (requires { nghttp2_option_set_stream_reset_rate_limit(option, 1, 1); }) {
    constexpr std::uint64_t kAnyNumber = 1ULL << 40;
    nghttp2_option_set_stream_reset_rate_limit(option, kAnyNumber, kAnyNumber);
  }
}

struct OptionDeleter {
  void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

// A client that gives up requests, or hedges them, resets streams by the thousand: the state of
// each is freed at once, so that there is no need for a limit.
const nghttp2_option* session_options() {
  static const auto options = [] {
    nghttp2_option* made = nullptr;
    if (nghttp2_option_new(&made) != 0) throw std::bad_alloc();
    nghttp2_option_set_no_closed_streams(made, 1);
    allow_resets(made);
    return std::unique_ptr<nghttp2_option, OptionDeleter>(made);
  }();
  return options.get();
}

}  // namespace

Http2Session::Http2Session(AsioCore& core, std::function<void()> wake)
    : core_(core), wake_(std::move(wake)) {}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

void Http2Session::begin(Host& host) {
  host_ = &host;
  if (nghttp2_session_server_new2(&session_, callbacks(), this, session_options()) != 0) {
    throw std::bad_alloc();
  }
  ++epoch_;
  ++core_.ledger.http2().connections;
  failed_ = lost_ = going_away_ = false;
  first_ns_ = 0;
  begun_ = made_ = 0;
  newest_ = 0;
  last_stream_ = std::numeric_limits<std::int32_t>::max();
  with_data_ = 0;
  output_.clear();
  written_ = 0;
  submit_settings();
}

// Without the priorities of RFC 7540, which RFC 9113 has given up.
void Http2Session::submit_settings() {
  const Http2Settings& settings = host_->behaviour.http2;
  const std::array<nghttp2_settings_entry, 4> entries{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.max_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMostHeaderBytes},
      {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  }};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(settings.connection_window));
}

void Http2Session::end() {
  const Loss loss = lost_ ? Loss::collateral : Loss::client_left;
  // Those who wait first, so that none of them gets the place of another that goes.
  for (Http2Stream* stream : open_) {
    if (stream->state != Http2Stream::State::waiting) continue;
    stream->state = Http2Stream::State::left;
    give_up(core_, *host_, stream->request, true, loss);
  }
  while (!open_.empty()) {
    Http2Stream& stream = *open_.back();
    if (stream.is_held()) give_up(core_, *host_, stream.request, false, loss);
    release(stream);
  }
  for (; left_ < leaving_.size(); ++left_) {
    give_up(core_, *host_, leaving_[left_].request, false, loss);
  }
  leaving_.clear();
  left_ = 0;
  nghttp2_session_del(std::exchange(session_, nullptr));
}

bool Http2Session::receive(std::string_view bytes) {
  received_ns_ = now_ns();
  const ssize_t taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return taken >= 0;
}

std::string_view Http2Session::output() {
  if (written_ == output_.size()) {
    output_.clear();
    written_ = 0;
    fill();
  }
  return std::string_view(output_).substr(written_);
}

void Http2Session::fill() {
  if (failed_) return;
  const bool any = nghttp2_session_want_write(session_) != 0;
  if (any) filled_ns_ = now_ns();
  while (any && output_.size() < kMostOutput) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    going_away_ = false;
    if (size < 0) failed_ = true;
    if (size <= 0) break;
    output_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    made_ += static_cast<std::uint64_t>(size);
  }
  if (core_.group != nullptr) {
    for (Leaving& one : leaving_) fanout::leave(core_, *host_, one.request);
  }
  // All that could be sent is, so what is left needs the client's leave.
  if (with_data_ > 0 && nghttp2_session_want_write(session_) == 0) count_stalls();
}

// Adds a DATA frame to the output, unless that is full.
bool Http2Session::write_data(const Http2Stream& stream, std::string_view frame_header) {
  if (output_.size() >= kMostOutput) return false;
  output_.append(frame_header).append(stream.piece);
  made_ += frame_header.size() + stream.piece.size();
  return true;
}

void Http2Session::count_stalls() {
  for (Http2Stream* stream : open_) {
    if (!stream->has_data || stream->stalled || stream->state != Http2Stream::State::answering) {
      continue;
    }
    stream->stalled = true;
    ++core_.ledger.http2().stalls;
  }
}

void Http2Session::sent(std::size_t bytes) {
  written_ += bytes;
  const std::uint64_t sent = made_ - (output_.size() - written_);
  while (left_ < leaving_.size() && leaving_[left_].end <= sent) {
    finish(core_, *host_, leaving_[left_++].request);
  }
  if (left_ < leaving_.size()) return;
  leaving_.clear();
  left_ = 0;
}

bool Http2Session::is_full() const {
  return nghttp2_session_get_outbound_queue_size(session_) > kMostQueued;
}

Http2Session::Step Http2Session::next() const {
  if (lost_) return Step::reset;
  if (failed_) return Step::close;
  const bool done =
      nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
  return done ? Step::close : Step::go_on;
}

Http2Stream* Http2Session::find(std::int32_t id) const {
  return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session_, id));
}

Http2Stream* Http2Session::ticketed(std::uint64_t ticket) const {
  if (session_ == nullptr || ticket >> 32 != epoch_) return nullptr;
  return find(static_cast<std::int32_t>(ticket & 0xffffffff));
}

std::uint64_t Http2Session::ticket_of(const Http2Stream& stream) const {
  return (std::uint64_t{epoch_} << 32) | static_cast<std::uint32_t>(stream.id);
}

bool Http2Session::waits(std::uint64_t ticket) const {
  const Http2Stream* stream = ticketed(ticket);
  return stream != nullptr && stream->state == Http2Stream::State::waiting;
}

void Http2Session::hold_over(std::uint64_t ticket) {
  Http2Stream* stream = ticketed(ticket);
  if (stream == nullptr) return;
  if (stream->state == Http2Stream::State::holding) {
    answer(*stream);
  } else if (stream->state == Http2Stream::State::dripping) {
    stream->state = Http2Stream::State::answering;
    nghttp2_session_resume_data(session_, stream->id);
  } else {
    return;
  }
  wake_();
}

}  // namespace fanout
