// A connection of the asio engine that speaks HTTP/2: it carries the bytes of its session.
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "local_server/asio_connection.h"
#include "local_server/http2_session.h"

namespace fanout {
namespace {

constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";  // RFC 9113, 3.4

// Writes in a row before others have their turn.
constexpr int kMostWrites = 16;

}  // namespace

// The first bytes tell whether the client knows that it can speak HTTP/2.
void Connection::tell_version() {
  const std::string_view begun(buffer_.data(), std::min(end_, kHttp2Preface.size()));
  if (!kHttp2Preface.starts_with(begun)) {
    state_ = State::receiving;
    return serve();
  }
  if (begun.size() < kHttp2Preface.size()) return receive();
  begin_http2();
  receive_http2();
}

void Connection::begin_http2() {
  if (!session_) session_ = std::make_unique<Http2Session>(core_, [this] { flush_later(); });
  session_->begin(*host_);
  state_ = State::http2;
}

void Connection::receive_http2() {
  const bool taken = session_->receive({buffer_.data() + begin_, end_ - begin_});
  begin_ = end_ = 0;
  if (!taken) {
    session_->end();
    return drain();
  }
  flush();
  // A client that does not read what it is sent is not read either.
  if (state_ == State::http2 && writing_ && session_->is_full()) return;
  receive();
}

// Sends what there is, as far as the socket takes it.
void Connection::flush() {
  if (writing_ || state_ != State::http2) return;
  for (int writes = 0; session_->next() != Http2Session::Step::reset; ++writes) {
    const std::string_view bytes = session_->output();
    if (bytes.empty()) break;
    if (writes == kMostWrites) return wait_to_flush();
    const ssize_t sent = write_some(bytes);
    if (sent < 0) return errno == EAGAIN || errno == EINTR ? wait_to_flush() : close();
    session_->sent(static_cast<std::size_t>(sent));
  }
  const Http2Session::Step next = session_->next();
  if (next == Http2Session::Step::reset) return reset();
  if (next == Http2Session::Step::go_on) return;
  session_->end();
  drain();
}

ssize_t Connection::write_some(std::string_view bytes) {
  if (tls_) return tls_.write(bytes);
  return ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// After all that happens at this moment: answers that are due together leave together.
void Connection::flush_later() {
  if (writing_ || state_ != State::http2) return;
  writing_ = true;
  boost::asio::post(core_.io, [this] { on_flushable({}); });
}

void Connection::wait_to_flush() {
  writing_ = true;
  socket_.async_wait(Socket::wait_write, [this](const Code& error) { on_flushable(error); });
}

void Connection::on_flushable(const Code& error) {
  writing_ = false;
  if (state_ == State::closed) return recycle();
  if (error) return close();
  flush();
  receive();
}

}  // namespace fanout
