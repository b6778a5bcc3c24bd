// A connection of the asio engine whose host speaks TLS. OpenSSL reads and writes the socket
// itself, which spares the buffers of Asio's own TLS stream; Asio waits.
#include <boost/asio/post.hpp>
#include <cerrno>

#include "local_server/asio_connection.h"
#include "local_server/http2_alpn.h"

namespace fanout {

namespace asio = boost::asio;

void Connection::begin_tls() {
  tls_ = TlsStream(host_->tls, socket_.native_handle());
  state_ = State::handshaking;
  shake_hands();
}

// A handshake that fails leaves nothing but the connection counted.
void Connection::shake_hands() {
  switch (tls_.handshake()) {
    case TlsStream::Handshake::done:
      core_.ledger.handshaken(tls_.resumed());
      state_ = State::receiving;
      if (chose_http2(*tls_.handle())) {
        begin_http2();
        flush();  // its settings
      }
      return receive();
    case TlsStream::Handshake::wants_read:
      return wait_to_read(Socket::wait_read);
    case TlsStream::Handshake::wants_write:
      return wait_to_read(Socket::wait_write);
    case TlsStream::Handshake::failed:
      return close();
  }
}

// Part of a read under way, or of the handshake.
void Connection::wait_to_read(Socket::wait_type type) {
  reading_ = true;
  socket_.async_wait(type, [this](const Code& error) { on_readable(error); });
}

// What OpenSSL has already taken from the socket does not make it readable. Going through the loop
// even then keeps a long body from being read by recursion.
void Connection::receive_tls() {
  if (!tls_.any_pending()) return wait_to_read(Socket::wait_read);
  asio::post(core_.io, [this] { on_readable({}); });
}

void Connection::on_readable(const Code& error) {
  if (state_ == State::closed || error) return on_received(error, 0);
  if (state_ == State::handshaking) {
    reading_ = false;
    return shake_hands();
  }
  const ssize_t bytes = tls_.read({buffer_.data() + end_, buffer_.size() - end_});
  if (bytes > 0) return on_received({}, static_cast<std::size_t>(bytes));
  if (bytes < 0 && errno == EAGAIN) return wait_to_read(Socket::wait_read);
  on_received(asio::error::eof, 0);
}

void Connection::send_tls() {
  const auto text = [](const asio::const_buffer& buffer) {
    return std::string_view(static_cast<const char*>(buffer.data()), buffer.size());
  };
  while (asio::buffer_size(unsent_) > 0) {
    const ssize_t bytes = tls_.write(text(unsent_[0]), text(unsent_[1]));
    if (bytes > 0) {
      sent_some(static_cast<std::size_t>(bytes));
      continue;
    }
    if (errno != EAGAIN) return close();
    writing_ = true;
    return socket_.async_wait(Socket::wait_write, [this](const Code& error) {
      writing_ = false;
      if (state_ == State::closed) return recycle();
      if (error) return close();
      send_tls();
      if (state_ == State::receiving) serve();
    });
  }
  sent_piece();
}

}  // namespace fanout
