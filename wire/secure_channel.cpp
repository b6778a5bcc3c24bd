#include "wire/secure_channel.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace fanout {
namespace {

constexpr std::string_view kIdentity = "fanout";
constexpr const char* kNoProof =
    "the other side has another key, or is no fanout; use the same key file on both machines";

const std::string& key_of(const SSL* ssl) {
  return *static_cast<const std::string*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

unsigned give_key(const SSL* ssl, unsigned char* space, unsigned most) {
  const std::string& key = key_of(ssl);
  if (key.size() > most) return 0;
  std::ranges::copy(key, space);
  return static_cast<unsigned>(key.size());
}

unsigned clients_key(SSL* ssl, const char* /*hint*/, char* identity, unsigned most_identity,
                     unsigned char* space, unsigned most) {
  if (kIdentity.size() >= most_identity) return 0;
  *std::ranges::copy(kIdentity, identity).out = '\0';
  return give_key(ssl, space, most);
}

unsigned servers_key(SSL* ssl, const char* identity, unsigned char* space, unsigned most) {
  return identity == kIdentity ? give_key(ssl, space, most) : 0;
}

// Without a certificate to show, and with nobody to trust, only the key lets a handshake succeed.
TlsContext context_with(std::string& key, TlsSide side) {
  TlsContext context = make_tls_context(side);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256");  // the hash of such keys
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_app_data(context.get(), &key);
  if (side == TlsSide::client) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_psk_client_callback(context.get(), clients_key);
  } else {
    SSL_CTX_set_psk_server_callback(context.get(), servers_key);
  }
  return context;
}

}  // namespace

SecureChannel::SecureChannel(UniqueFd socket, TlsSide side, std::string_view key,
                             std::chrono::milliseconds within, int stop_fd)
    : socket_(std::move(socket)),
      within_(within),
      stop_fd_(stop_fd),
      key_(key),
      context_(context_with(key_, side)),
      stream_(context_.get(), socket_.get()) {
  notice_silence(socket_.get());
  shake_hands();
}

SecureChannel::~SecureChannel() { stream_.shut_down(); }

void SecureChannel::shake_hands() {
  const auto until = Clock::now() + within_;
  for (;;) {
    switch (stream_.handshake()) {
      case TlsStream::Handshake::done:
        if (!stream_.resumed()) throw ChannelError(kNoProof);
        return;
      case TlsStream::Handshake::wants_read:
        wait(POLLIN, until);
        break;
      case TlsStream::Handshake::wants_write:
        wait(POLLOUT, until);
        break;
      case TlsStream::Handshake::failed:
        throw ChannelError(errno == EPROTO && stream_.error() != 0
                               ? std::string(kNoProof)
                               : "the connection ended amid the handshake");
    }
  }
}

void SecureChannel::wait(short events, Clock::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  pollfd waiting[] = {{socket_.get(), events, 0}, {stop_fd_, POLLIN, 0}};
  const int ready =
      left.count() <= 0 ? 0 : ::poll(waiting, std::size(waiting), static_cast<int>(left.count()));
  if (ready < 0 && errno != EINTR) throw ChannelError(std::strerror(errno));
  if (waiting[1].revents != 0 && ready > 0) throw ChannelError("stopped");
  if (ready == 0) throw ChannelError(fmt::format("no answer within {} s", within_.count() / 1000));
}

void SecureChannel::send(std::string_view message) {
  if (message.size() > kMostBytes) {
    throw ChannelError(
        fmt::format("a message of {} bytes; {} are allowed", message.size(), kMostBytes));
  }
  const std::uint32_t size = htonl(static_cast<std::uint32_t>(message.size()));
  std::string text(reinterpret_cast<const char*>(&size), sizeof size);
  text += message;
  const auto until = Clock::now() + within_;
  for (std::string_view left = text; !left.empty();) {
    const ssize_t sent = stream_.write(left);
    if (sent > 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      wait(POLLOUT, until);
    } else {
      throw ChannelError("the connection has ended");
    }
  }
}

void SecureChannel::read_exactly(char* into, std::size_t bytes, Clock::time_point until) {
  while (bytes > 0) {
    const ssize_t count = stream_.read({into, bytes});
    if (count > 0) {
      into += count;
      bytes -= static_cast<std::size_t>(count);
    } else if (count < 0 && errno == EAGAIN) {
      wait(POLLIN, until);
    } else {
      throw ChannelError("the connection has ended");
    }
  }
}

std::string SecureChannel::receive() {
  const auto until = Clock::now() + within_;
  std::uint32_t size = 0;
  read_exactly(reinterpret_cast<char*>(&size), sizeof size, until);
  size = ntohl(size);
  if (size > kMostBytes) {
    throw ChannelError(fmt::format("a message of {} bytes; {} are allowed", size, kMostBytes));
  }
  std::string message(size, '\0');
  read_exactly(message.data(), size, until);
  return message;
}

void notice_silence(int socket) {
  const auto set = [&](int level, int name, int value) {
    ::setsockopt(socket, level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 25'000);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
}

}  // namespace fanout
