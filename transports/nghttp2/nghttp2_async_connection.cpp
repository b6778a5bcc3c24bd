// libnghttp2 on Asio's sockets: the connections of its client. OpenSSL reads and writes the socket
// itself; Asio waits.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "transports/failure_sentences.h"
#include "transports/idle_connection.h"
#include "transports/nghttp2/nghttp2_async.h"
#include "transports/path.h"
#include "transports/tls_words.h"

namespace fanout {
namespace {

using boost::asio::ip::tcp;

constexpr std::string_view kChosen = "h2";
constexpr std::size_t kGathered = std::size_t{64} * 1024;  // about so many bytes are sent at once

// The stream that the connection was opened for, if it still waits.
Http2Exchange* opener(const Http2Connection& connection) {
  const auto found = std::ranges::find(connection.streams, true, &Http2Exchange::opened);
  return found == connection.streams.end() ? nullptr : *found;
}

void note_connected(Http2Connection& connection) {
  if (Http2Exchange* const first = opener(connection)) {
    first->times.connected(connection.socket.native_handle());
  }
}

}  // namespace

// A connection that may carry a request to this target; null: there is none yet. One that was idle
// is looked at: its server may have ended it.
Http2Connection* Nghttp2Client::usable(std::uint32_t target) {
  while (Connection* const connection = pool_.choose(target)) {
    if (!connection->idle || now_ns() - connection->idle_since <= kFreshNs) return connection;
    connection->idle_since = now_ns();
    receive(*connection);  // may close it
    if (connection->is_open()) return connection;
  }
  return nullptr;
}

Http2Connection& Nghttp2Client::open(std::uint32_t target) {
  Connection& connection = pool_.open(target, io_.get_executor());
  connection.session.emplace(ended_, most_streams_[target]);
  connection.out.clear();
  connection.sent = 0;
  connection.connect_by = deadline_after(now_ns(), config_.connect_timeout);
  watch_deadline(connection.connect_by);
  return connection;
}

// Returns 0 or errno. To Asio the socket is one of TCP, whatever its family: it only waits.
int Nghttp2Client::connect(Connection& connection) {
  const SocketAddress& address = shared_.prepared.targets[connection.target].address;
  const int fd = open_socket(address.family());
  if (fd < 0) return errno;
  AsioError error;
  connection.socket.assign(tcp::v4(), fd, error);
  if (error) {
    ::close(fd);
    return error.value();
  }
  const int failure = begin_connect(fd, address);
  if (failure == 0) connection.tls = tls_.stream(connection.target, fd);
  return failure;
}

void Nghttp2Client::flush_later(Connection& connection) {
  if (std::exchange(connection.to_flush, true)) return;
  to_flush_.push_back(&connection);
}

// Sends what is to be sent, and waits for more to come if anybody does. Tries at once, even while
// connecting: on a near network the socket is mostly ready, which saves a turn of the loop.
void Nghttp2Client::flush(Connection& connection) {
  if (!connection.is_open()) return;
  if (connection.tls && !connection.connected && !shake_hands(connection)) return;
  const int failure = send(connection);
  if (failure != 0 && failure != EAGAIN) return broken(connection, failure);
  if (connection.session->over()) return end_for_breach(connection);
  if (connection.streams.empty()) return;
  if (failure == EAGAIN) await(connection, AsioSocket::wait_write);
  if (connection.connected) await(connection, AsioSocket::wait_read);
}

// Whether the handshake is done, and has chosen HTTP/2.
bool Nghttp2Client::shake_hands(Connection& connection) {
  Outcome outcome = Outcome::protocol;
  if (Stream* const first = opener(connection)) {
    first->times.connected_if_it_is(connection.socket.native_handle());
  }
  switch (connection.tls.handshake()) {
    case TlsStream::Handshake::done:
      if (connection.tls.protocol() != kChosen) break;
      if (Stream* const first = opener(connection)) first->times.secured();
      connection.connected = true;
      connection.connect_by = kNever;
      return true;
    case TlsStream::Handshake::wants_read:
      await(connection, AsioSocket::wait_read);
      return false;
    case TlsStream::Handshake::wants_write:
      await(connection, AsioSocket::wait_write);
      return false;
    case TlsStream::Handshake::failed:
      if (!refused_protocols(connection.tls)) outcome = handshake_failure(errno);
      break;
  }
  std::string words(outcome == Outcome::protocol ? sentence::kNoHttp2Alpn : std::string_view());
  if (outcome == Outcome::tls) words = tls_words(connection.tls);
  fail_all(connection, outcome, words);
  return false;
}

// Returns 0 once all is sent, else errno.
int Nghttp2Client::send(Connection& connection) {
  while (true) {
    if (connection.sent == connection.out.size()) {
      connection.out.clear();
      connection.sent = 0;
      connection.session->gather(connection.out, kGathered);
      if (connection.out.empty()) return 0;
    }
    const std::string_view left = std::string_view(connection.out).substr(connection.sent);
    const ssize_t bytes = connection.tls ? connection.tls.write(left)
                                         : ::send(connection.socket.native_handle(), left.data(),
                                                  left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return errno;
    connection.sent += static_cast<std::size_t>(bytes);
    if (connection.connected) continue;
    note_connected(connection);
    connection.connected = true;
    connection.connect_by = kNever;
  }
}

// Nothing can be sent any more; what the server said before is still to be read.
void Nghttp2Client::broken(Connection& connection, int failure) {
  if (!connection.connected) return fail_all(connection, connect_failure(failure), {});
  receive(connection);
  if (connection.is_open()) lost(connection);
}

void Nghttp2Client::await(Connection& connection, AsioSocket::wait_type type) {
  bool& awaits = type == AsioSocket::wait_read ? connection.awaits_read : connection.awaits_write;
  if (std::exchange(awaits, true)) return;
  connection.socket.async_wait(
      type, [this, &connection, type, generation = connection.generation](const AsioError&) {
        if (connection.generation == generation) on_ready(connection, type);
      });
}

void Nghttp2Client::on_ready(Connection& connection, AsioSocket::wait_type type) {
  awake_ = true;
  const bool is_read = type == AsioSocket::wait_read;
  (is_read ? connection.awaits_read : connection.awaits_write) = false;
  if (is_read && connection.connected) receive(connection);
  if (connection.is_open()) flush_later(connection);
  settle();
}

// Takes in what has come.
void Nghttp2Client::receive(Connection& connection) {
  const std::span<char> space(received_.get(), kReceivedBytes);
  while (true) {
    const ssize_t bytes = connection.tls ? connection.tls.read(space)
                                         : ::recv(connection.socket.native_handle(), space.data(),
                                                  space.size(), MSG_DONTWAIT);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (bytes <= 0) return lost(connection);
    const auto size = static_cast<std::size_t>(bytes);
    if (!connection.session->received({space.data(), size})) return end_for_breach(connection);
    // What OpenSSL holds back does not make the socket readable.
    if (connection.tls ? !connection.tls.any_pending() : size < space.size()) break;
  }
  if (!connection.session->going_away()) return;
  pool_.retire(connection);
  if (connection.streams.empty()) close(connection);
}

// The connection has no streams any more.
void Nghttp2Client::leave(Connection& connection) {
  if (!connection.choice || !connection.connected) return close(connection);
  if (connection.awaits_read || connection.awaits_write) {  // which would keep the loop from ending
    ++connection.generation;
    connection.awaits_read = connection.awaits_write = false;
    AsioError ignored;
    connection.socket.cancel(ignored);
  }
  pool_.idle(connection, now_ns());
  if (Connection* const surplus = pool_.surplus()) close(*surplus);
}

// The peer closed or reset the connection. Requests of which nothing was answered are sent again if
// the connection had answered others, once, unless they might count twice.
void Nghttp2Client::lost(Connection& connection) {
  if (ended_by_alert(connection.tls)) {
    return fail_all(connection, Outcome::tls, tls_words(connection.tls));
  }
  const bool kept = connection.session->any_answered();
  const std::string why = connection.session->why();
  for (Stream* const stream : close_under(connection)) {
    const bool never_came = kept && !stream->answer.any_received && !stream->repeated;
    if (never_came && may_repeat(config_, stream->request->token)) {
      stream->repeated = true;
      carry(*stream, true);
    } else {
      const Outcome outcome = stream->answer.has_head ? Outcome::truncated : Outcome::reset;
      fail(*stream, stream->unanswered(config_, outcome, never_came ? kClosedMeanwhile : why));
    }
  }
}

// The server broke the rules, or has answered all and wants no more.
void Nghttp2Client::end_for_breach(Connection& connection) {
  const std::string why = connection.session->why();
  fail_all(connection, Outcome::protocol, why);
}

void Nghttp2Client::fail_all(Connection& connection, Outcome outcome, const std::string& words) {
  for (Stream* const stream : close_under(connection)) {
    fail(*stream, stream->unanswered(config_, outcome, words));
  }
}

// Closes a connection; returns its streams that have not ended.
std::vector<Http2Exchange*> Nghttp2Client::close_under(Connection& connection) {
  std::vector<Stream*> streams = connection.streams;
  for (Stream* const stream : streams) pool_.remove(*stream);
  close(connection);
  std::erase_if(streams, [](const Stream* stream) { return stream->end != Stream::End::none; });
  for (Stream* const stream : streams) stream->session = nullptr;
  return streams;
}

void Nghttp2Client::close(Connection& connection) {
  AsioError ignored;
  if (connection.socket.is_open() && !connection.connected && config_.watch &&
      config_.connection_notes != nullptr) {
    note_resent_syns(connection.socket.native_handle(), *config_.connection_notes);
  }
  ++connection.generation;
  connection.connected = connection.awaits_read = connection.awaits_write = false;
  connection.connect_by = kNever;
  connection.session.reset();
  connection.tls.shut_down();
  connection.tls = {};
  connection.socket.close(ignored);
  pool_.closed(connection);
}

}  // namespace fanout
