// The asynchronous Beast client over TLS. OpenSSL reads and writes the socket itself; Asio waits.
#include <cerrno>

#include "transports/beast/beast_async.h"

namespace fanout {

void BeastAsyncClient::shake_hands(Connection& connection) {
  connection.times.connected_if_it_is(connection.socket.native_handle());
  switch (connection.tls.handshake()) {
    case TlsStream::Handshake::done:
      connection.times.secured();
      connection.connected = true;
      connection.connect_by = kNever;
      return send(connection);
    case TlsStream::Handshake::wants_read:
      return wait_to_send(connection, AsioSocket::wait_read);
    case TlsStream::Handshake::wants_write:
      return wait_to_send(connection, AsioSocket::wait_write);
    case TlsStream::Handshake::failed:
      return fail_soon(connection, handshake_failure(errno));
  }
}

// Nothing of an answer can have come with what was read before: it is not there yet.
void BeastAsyncClient::receive_tls(Connection& connection) {
  connection.socket.async_wait(
      AsioSocket::wait_read,
      [this, &connection, generation = connection.generation](const AsioError&) {
        if (connection.generation == generation) on_readable(connection);
      });
}

// Reads all there is: what OpenSSL holds back does not make the socket readable.
void BeastAsyncClient::on_readable(Connection& connection) {
  using Step = ResponseScanner::Step;
  while (true) {
    const ssize_t bytes = connection.tls.read(connection.in.space());
    if (bytes > 0) connection.times.first_byte();
    if (bytes < 0 && ended_by_alert(connection.tls)) return fail_soon(connection, Outcome::tls);
    if (bytes < 0) {
      return errno == EAGAIN ? receive_tls(connection) : ended(connection, Step::more);
    }
    const Step step = bytes > 0 ? connection.in.received(static_cast<std::size_t>(bytes))
                                : connection.in.closed();
    if (bytes == 0 || step != Step::more) return ended(connection, step);
  }
}

}  // namespace fanout
